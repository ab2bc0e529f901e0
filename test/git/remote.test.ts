/** A remote that hangs is given up in time, with all that git has started for it. */

import { existsSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { Git } from '../../src/git/command.ts';
import { Remote, withoutSecrets } from '../../src/git/remote.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
}

/** Reached by an ssh that answers nothing. */
function hangingRemote() {
	const repository = TemporaryRepository.create({ 'clip.json': '{}' });
	const pidFile = `${temporaryDirectory()}/pid`;
	repository.git('config', 'core.sshCommand', `sh -c 'echo $$ > ${pidFile}; exec sleep 600' --`);
	repository.git('config', 'ssh.variant', 'simple');
	const remote = new Remote(new Git(repository.directory), 'ssh://host.invalid/references.git');
	const sshPid = () => Number(readFileSync(pidFile, 'utf8'));
	return { repository, remote, pidFile, sshPid };
}

test.runIf(process.platform === 'linux')('a_push_that_hangs_is_given_up_and_its_ssh_ended', async () => {
	const { repository, remote, sshPid } = hangingRemote();
	const to = repository.git('rev-parse', 'HEAD');
	const pushed = remote.push([{ ref: 'refs/heads/main', from: undefined, to }], 1_000);
	await expect(pushed).rejects.toMatchObject({ code: 'outcome-unknown' });
	await vi.waitFor(() => expect(isAlive(sshPid())).toBe(false));
});

test.runIf(process.platform === 'linux')('closing_ends_what_is_under_way', async () => {
	const { remote, pidFile, sshPid } = hangingRemote();
	const fetched = remote.fetch(true);
	await vi.waitFor(() => expect(existsSync(pidFile) && sshPid() > 0).toBe(true));
	remote.close();
	await expect(fetched).rejects.toMatchObject({ code: 'remote-unavailable' });
	await vi.waitFor(() => expect(isAlive(sshPid())).toBe(false));
	await expect(remote.fetch(true)).rejects.toMatchObject({ code: 'remote-unavailable' });
});

test('a_remote_that_is_not_there_says_so_in_one_line', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': '{}' });
	const remote = new Remote(new Git(repository.directory), `file://${temporaryDirectory()}/none.git`);
	const error = await remote.fetch(true).catch((reason: unknown) => reason);
	expect(error).toMatchObject({ code: 'remote-unavailable' });
	expect(String(error)).not.toContain('Please make sure');
});

test('users_and_passwords_are_left_out', () => {
	expect(withoutSecrets('cannot reach https://x:secret@host/a.git or ssh://git@host/b')).toBe(
		'cannot reach https://host/a.git or ssh://host/b',
	);
});
