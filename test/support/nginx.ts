/** nginx with the configuration that we ship, in front of a service; ended with the test. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, vi } from 'vitest';
import { temporaryDirectory } from './temporary-repository.ts';

const SHIPPED = fileURLToPath(new URL('../../docs/deployment/nginx.conf', import.meta.url));

/** Why there is no nginx to test with; undefined where there is. */
export const NO_NGINX = spawnSync('nginx', ['-v']).error ? 'nginx is not installed' : undefined;

/** @returns `http://host:port` of the proxy, once it answers */
export async function startNginx(serviceUrl: string): Promise<string> {
	const directory = temporaryDirectory();
	const cache = path.join(directory, 'cache');
	mkdirSync(cache);
	const port = await freePort();
	let shipped = readFileSync(SHIPPED, 'utf8');
	for (const [written, meant] of [
		['/var/cache/nginx/horde-references', cache],
		['server 127.0.0.1:19800;', `server ${new URL(serviceUrl).host};`],
		['listen 80;', `listen 127.0.0.1:${port};`],
	] as const) {
		expect(shipped.split(written), `${written} is once in the file`).toHaveLength(2);
		shipped = shipped.replace(written, meant);
	}
	const configuration = path.join(directory, 'nginx.conf');
	const errors = path.join(directory, 'error.log');
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
		(name) => `${name}_temp_path ${directory}/${name};`,
	);
	const isRoot = process.getuid?.() === 0;
	writeFileSync(
		configuration,
		[
			...(isRoot ? ['user root;'] : []),
			'daemon off;',
			`pid ${directory}/nginx.pid;`,
			'events { worker_connections 256; }',
			`http { access_log off; ${temporary.join(' ')}`,
			shipped,
			'}',
		].join('\n'),
	);
	const child = spawn('nginx', ['-c', configuration, '-p', directory, '-e', errors], { stdio: 'ignore' });
	const ended = once(child, 'close');
	onTestFinished(async () => {
		child.kill('SIGTERM');
		await ended;
	});
	const url = `http://127.0.0.1:${port}`;
	await vi.waitFor(
		async () => {
			if (child.exitCode !== null) throw new Error(readFileSync(errors, 'utf8'));
			expect((await fetch(`${url}/livez`)).status).toBe(200);
		},
		{ timeout: 10_000 },
	);
	return url;
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}
