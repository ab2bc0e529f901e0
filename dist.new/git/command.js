/**
 * The only place that starts git. Rare commands go through simple-git and answer text; streams and long-lived
 * processes are plain spawns with the same directory and environment.
 */
import { spawn } from 'node:child_process';
import { simpleGit } from 'simple-git';
import { AppError, messageOf } from '../errors.js';
import { gitEnvironment } from './environment.js';
/**
 * simple-git blocks settings that could smuggle in a program. Its guard is for arguments that users typed; here such
 * arguments never become options, while the operator's own environment (an ssh command, a credential helper) must count.
 */
const OPERATOR_ENVIRONMENT_COUNTS = {
    allowUnsafeAskPass: true,
    allowUnsafeConfigEnvCount: true,
    allowUnsafeConfigPaths: true,
    allowUnsafeCredentialHelper: true,
    allowUnsafeDiffExternal: true,
    allowUnsafeGitProxy: true,
    allowUnsafeSshCommand: true,
    allowUnsafeTemplateDir: true,
};
export class Git {
    directory;
    #environment;
    #signal;
    #observer;
    #simple;
    /**
     * @param directory an existing directory, in which every command runs
     * @param signal ends every command that is under way
     * @param observer told of every command that has ended
     */
    constructor(directory, environment = gitEnvironment(process.env), signal, observer) {
        this.directory = directory;
        this.#environment = environment;
        this.#signal = signal;
        this.#observer = observer;
        this.#simple = simpleGit({
            baseDir: directory,
            ...(signal && { abort: signal }),
            unsafe: OPERATOR_ENVIRONMENT_COUNTS,
            // Without this, a command that fails with its words on stdout would pass for a success.
            errors: (error, result) => error ?? (result.exitCode === 0 ? undefined : Buffer.concat([...result.stdErr, ...result.stdOut])),
        }).env(environment);
    }
    /** A further git with variables of its own, such as the identity to commit with. */
    with(variables) {
        return new Git(this.directory, { ...this.#environment, ...variables }, this.#signal, this.#observer);
    }
    /** The same git, whose commands end when the signal is given. */
    until(signal) {
        return new Git(this.directory, this.#environment, signal, this.#observer);
    }
    /** Tells the observer of what another process had git do for the same repository. */
    note(run) {
        this.#observer?.(run);
    }
    /**
     * Runs one command to its end.
     * @returns what it printed, without the trailing newline
     * @throws AppError `git-failed` with git's own words, or `git-missing`
     */
    run(args) {
        return this.#run(args, 'failed');
    }
    /** As `run`, but a failure is an answer too: undefined. For questions such as "is there such a ref". */
    async ask(args) {
        try {
            return await this.#run(args, 'no');
        }
        catch (error) {
            if (error instanceof AppError && error.code === 'git-failed')
                return undefined;
            throw error;
        }
    }
    /** Starts a command whose streams the caller drives; `finished` tells its end. */
    spawn(args) {
        return this.#start('git', args);
    }
    /** As `spawn`, in a process group of its own: `endGroup` ends with it what it has started, such as ssh. */
    spawnGroup(args) {
        return this.#start('git', args, commandOf(args), true);
    }
    /**
     * As `spawn`, but for two last arguments that are told on stdin, a line each: starting a process is then paid for before
     * they are known. It ends by itself when stdin does.
     */
    spawnAhead(args) {
        const script = 'IFS= read -r first && IFS= read -r second && exec git "$@" "$first" "$second"';
        return this.#start('sh', ['-c', script, 'sh', ...args], commandOf(args));
    }
    async #run(args, failure) {
        const started = performance.now();
        let outcome = failure;
        try {
            const printed = await this.#simple.raw([...args]);
            outcome = 'ok';
            return printed.replace(/\n$/, '');
        }
        catch (error) {
            throw gitError(args, messageOf(error));
        }
        finally {
            this.note({ command: commandOf(args), outcome, seconds: (performance.now() - started) / 1000 });
        }
    }
    #start(program, args, command = commandOf(args), detached = false) {
        const started = performance.now();
        const child = spawn(program, [...args], {
            cwd: this.directory,
            env: this.#environment,
            stdio: 'pipe',
            detached,
            ...(this.#signal && { signal: this.#signal }),
        });
        child.once('close', (code) => {
            // With 1 git answers a question by no; what goes wrong ends with 128.
            const outcome = code === 0 ? 'ok' : code === 1 ? 'no' : 'failed';
            this.note({ command, outcome, seconds: (performance.now() - started) / 1000 });
        });
        return child;
    }
}
/** Ends a command of `spawnGroup` and all that it has started, at once. */
export function endGroup({ pid }) {
    if (pid === undefined)
        return;
    try {
        process.kill(-pid, 'SIGKILL');
    }
    catch {
        // It has ended by itself.
    }
}
/**
 * Waits for the end of a spawned command.
 * @param onStderr sees what it says on stderr as it comes, for progress
 * @throws AppError `git-failed` when it ends with anything but 0
 */
export async function finished(child, args, onStderr) {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
        said = (said + text).slice(-8192);
        onStderr?.(text);
    });
    await new Promise((resolve, reject) => {
        child.once('error', (error) => reject(gitError(args, messageOf(error))));
        child.once('close', (code, signal) => {
            if (code === 0)
                resolve();
            else
                reject(gitError(args, said.trim() || `it ended with ${signal ?? `exit code ${code}`}`, signal !== null));
        });
    });
}
/**
 * Runs a command that reads its stdin.
 * @returns what it printed
 * @throws AppError `git-failed`
 */
export async function output(git, args, input) {
    const child = git.spawn(args);
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
        printed += text;
    });
    child.stdin.on('error', () => { }); // an early end is told by the exit code
    child.stdin.end(input);
    await finished(child, args);
    return printed;
}
/** What comes behind the options of git itself, of which some take a value. */
function commandOf(args) {
    for (let index = 0; index < args.length; index++) {
        const argument = args[index] ?? '';
        if (argument === '-c' || argument === '-C')
            index++;
        else if (!argument.startsWith('-'))
            return argument;
    }
    return 'none';
}
/** @param died whether somebody else ended it: then it may go well the next time */
function gitError(args, said, died = false) {
    if (said.includes('ENOENT')) {
        return new AppError('git-missing', 'git could not be started; see that it is installed and on the PATH, and that the directory is still there');
    }
    const words = said.replace(/^(fatal|error): /gm, '').trim();
    return new AppError('git-failed', `git ${args[0] ?? ''} failed: ${words}`, { args, said, died });
}
//# sourceMappingURL=command.js.map