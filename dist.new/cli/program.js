/** The command line: what commands and options there are. Each command is a file of its own. */
import { Command, CommanderError, Option } from 'commander';
import { SETTINGS } from '../config/settings.js';
import { AppError } from '../errors.js';
import { packageVersion } from '../service.js';
import { categories } from './categories.js';
import { deleteModel } from './delete.js';
import { diff } from './diff.js';
import { EXIT, exitCodeOf } from './exit-codes.js';
import { importCommand } from './import.js';
import { init } from './init.js';
import { keysAdd, keysList, keysRevoke } from './keys.js';
import { log } from './log.js';
import { put } from './put.js';
import { addQueueCommands } from './queue-commands.js';
import { serve } from './serve.js';
import { escapedLines } from './terminal-text.js';
import { textCheck } from './text-check.js';
import { validate } from './validate.js';
const EXIT_CODES = `
Exit codes: ${EXIT.ok} success, ${EXIT.invalid} errors were found in references or in a record, ${EXIT.usage} wrong usage or configuration, ${EXIT.failed} the command failed.`;
/** Runs the command line to its end and answers the exit code; only the caller exits the process. */
export async function runProgram(argv, output) {
    let exitCode = EXIT.ok;
    const program = new Command('horde-references')
        .description('Publishes AI-Horde model references from a git repository.')
        .version(packageVersion())
        .addHelpText('after', EXIT_CODES)
        .configureOutput({
        writeOut: (text) => output.print(text.trimEnd()),
        writeErr: (text) => output.note(text.trimEnd()),
    })
        .exitOverride();
    const serveCommand = program
        .command('serve')
        .description('publish a data repository over HTTP')
        .option('--config <file>', 'configuration file (default: horde-references.json, if it is there)')
        .option('--create', 'make the repository if it is not there: a clone of the remote or upstream, else from the starter references');
    for (const { flag, description, default: standard, list } of SETTINGS) {
        if (flag === undefined)
            continue;
        if (list) {
            serveCommand.option(flag, description, collect);
            continue;
        }
        const shown = standard === undefined || standard === '' ? '' : ` (default: ${String(standard)})`;
        serveCommand.option(flag, description + shown);
    }
    serveCommand.action((flags) => serve(flags, output));
    program
        .command('init')
        .description('make a new data repository from the starter references')
        .requiredOption('--repo <dir>', 'directory to make it in; absent or empty')
        .option('--empty', 'without the starter references')
        .action((flags) => init(flags, output));
    program
        .command('import')
        .description('bring category files with their history from another repository')
        .argument('<source>', 'URL, path or bundle of a git repository')
        .requiredOption('--repo <dir>', 'data repository; made if it is not there')
        .option('--subdir <dir>', 'folder of the data repository that holds the category files')
        .option('--from <branch>', "branch of the source to publish (default: the source's own, or main)")
        .option('--branch <name>', 'bring a further branch as well; may be repeated', collect, [])
        .option('--prefer <side>', 'for a file that changed on both sides, take that of: source, ours')
        .option('--json', 'print the result as JSON')
        .action((source, flags) => importCommand(source, flags, output));
    program
        .command('validate')
        .description('check every record against its schema')
        .argument('[target]', 'a directory, or a revision of the repository in this directory', '.')
        .option('--subdir <dir>', 'folder that holds the category files', '')
        .option('--staged', 'check what is staged to be committed, for a pre-commit hook')
        .option('--strict', 'fields that the schemas do not know are errors too')
        .option('--format <format>', 'table, json or github (annotations for GitHub Actions)', 'table')
        .action(async (target, flags) => {
        exitCode = (await validate(target, flags, output)) ? EXIT.ok : EXIT.invalid;
    });
    program
        .command('categories')
        .description('list the categories: file, aliases, whether v1 can write them')
        .option('--json', 'print them as JSON')
        .action((flags) => categories(flags, output));
    const addDataCommand = (name, description, group) => group
        .command(name)
        .description(description)
        .option('--repo <dir>', 'data repository, as for serve')
        .option('--subdir <dir>', 'folder of it that holds the category files, as for serve')
        .option('--config <file>', 'configuration file, as for serve')
        .option('--json', 'print the result as JSON');
    const dataCommand = (name, description) => addDataCommand(name, description, program);
    const author = ['--as <name#id>', 'user who changes it (default: you, as git knows you)'];
    dataCommand('put', 'add a model, or replace it where it is there: one commit')
        .argument('<category>', 'see: categories')
        .argument('<file>', 'the whole record as JSON; - for stdin')
        .option(...author)
        .addOption(new Option('--create', 'only add it').conflicts('update'))
        .option('--update', 'only replace it')
        .action((category, file, flags) => put(category, file, flags, output));
    dataCommand('delete', 'remove a model: one commit')
        .argument('<category>', 'see: categories')
        .argument('<model>', 'name of the model; behind -- where it begins with a dash')
        .option(...author)
        .action((category, model, flags) => deleteModel(category, model, flags, output));
    dataCommand('log', 'show who changed which models, newest first')
        .argument('[category]', 'only this one')
        .argument('[model]', 'only changes of this model of the category')
        .option('-n, --limit <number>', 'commits to show, 0 for all', '50')
        .action((category, model, flags) => log(category, model, flags, output));
    dataCommand('diff', 'show the models added, changed and removed between two commits')
        .argument('<from>', 'branch, tag, commit id, or what else git takes for a commit')
        .argument('<to>', 'the same')
        .option('--category <name>', 'only this one; may be repeated', collect, [])
        .action((from, to, flags) => diff(from, to, flags, output));
    const queueCommand = program
        .command('queue')
        .description('review proposed changes: list, compare, approve, reject, publish');
    addQueueCommands(queueCommand, addDataCommand, output);
    program
        .command('text')
        .description('look after the text reference, whose backend twins are generated')
        .command('check')
        .description('check that generated records and models.csv agree with the base records')
        .argument('[target]', 'a directory, or a revision of the repository in this directory', '.')
        .option('--subdir <dir>', 'folder that holds the files', '')
        .option('--format <format>', 'table or json', 'table')
        .action(async (target, flags) => {
        exitCode = (await textCheck(target, flags, output)) ? EXIT.ok : EXIT.invalid;
    });
    const keysCommand = program
        .command('keys')
        .description('make, list and revoke API keys of a local file, for serve --identity keys');
    const keysSubcommand = (name, description) => keysCommand
        .command(name)
        .description(`${description}; in the file that serve would use`)
        .option('--repo <dir>', 'data repository whose git directory holds the file')
        .option('--keys-file <file>', 'another file')
        .option('--config <file>', 'configuration file, as for serve');
    keysSubcommand('add', 'make a key and print it, this once')
        .option('--id <user id>', 'whole number from 1 (default: the next free one, for a new user)')
        .option('--name <name>', 'what the user is called; may be left out for a user who has a key')
        .action((flags) => keysAdd(flags, output));
    keysSubcommand('list', 'list the keys, without their secrets')
        .option('--json', 'print them as JSON')
        .action((flags) => keysList(flags, output));
    keysSubcommand('revoke', 'make a key useless at once')
        .argument('<key id>', 'see: keys list')
        .action((keyId, flags) => keysRevoke(keyId, flags, output));
    try {
        await program.parseAsync([...argv], { from: 'user' });
        return exitCode;
    }
    catch (error) {
        if (error instanceof CommanderError)
            return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
        if (!(error instanceof AppError)) {
            // Our own mistake: whoever reports it needs the whole of it.
            output.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
            return EXIT.failed;
        }
        // It may quote what anybody has typed.
        output.note(`${output.paint('red', 'error:')} ${escapedLines(error.message)}`);
        return exitCodeOf(error.code);
    }
}
function collect(value, before = []) {
    return [...before, value];
}
//# sourceMappingURL=program.js.map