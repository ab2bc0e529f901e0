// The floor: a process that writes one prepared answer to every request, whatever is asked. Its answer comes on stdin.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { status, headers, body } = JSON.parse(await text(process.stdin));
const prepared = Buffer.from(body, 'base64');

const server = createServer(
	status === 304
		? (_request, response) => {
				response.writeHead(304, headers);
				response.end();
			}
		: (_request, response) => {
				response.writeHead(status, headers);
				response.end(prepared);
			},
);
server.listen(0, '127.0.0.1', () => {
	process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
});
