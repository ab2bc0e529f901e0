// Starts nginx with one worker over a folder of files and their ready-made .gz twins, as an operator would set it up.
import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { askUntil } from './ask.mjs';
import { stop, temporaryDirectory, track } from './cleanup.mjs';
import { freePort } from './ports.mjs';

/** Version text, or undefined when nginx is not installed. */
export function nginxVersion() {
	const asked = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
	return asked.error ? undefined : asked.stderr.trim().replace('nginx version: ', '');
}

/**
 * @param {{ path: string, body: Buffer, gzipped: Buffer | undefined }[]} documents by URL path
 * @param {string} cacheControl sent with every answer, as the service does
 */
export async function startNginx(documents, cacheControl) {
	const directory = await temporaryDirectory();
	await chmod(directory, 0o755); // the worker runs as another user when nginx is started by root
	const root = path.join(directory, 'files');
	for (const { path: urlPath, body, gzipped } of documents) {
		const file = path.join(root, urlPath);
		await mkdir(path.dirname(file), { recursive: true });
		await writeFile(file, body);
		if (gzipped) await writeFile(`${file}.gz`, gzipped);
	}
	const port = await freePort();
	const configuration = path.join(directory, 'nginx.conf');
	await writeFile(configuration, configure({ directory, root, port, cacheControl }));
	const child = track(
		spawn('nginx', ['-c', configuration, '-p', directory, '-e', path.join(directory, 'error.log')], {
			stdio: 'inherit',
		}),
	);
	const url = `http://127.0.0.1:${port}`;
	await askUntil(({ status }) => status === 200, { url: url + documents[0].path, within: 5000 });
	return { url, pid: child.pid, stop: () => stop(child) };
}

/** Files stay open, and connections are kept for good, so that what is measured is the answering. */
function configure({ directory, root, port, cacheControl }) {
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
		(name) => `${name}_temp_path ${directory}/${name};`,
	);
	return `
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
events { worker_connections 1024; }
http {
	${temporary.join('\n\t')}
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000000;
	open_file_cache max=100;
	gzip_static on;
	gzip_vary on;
	types { application/json json; }
	server {
		listen 127.0.0.1:${port};
		root ${root};
		add_header Cache-Control "${cacheControl}";
	}
}
`;
}
