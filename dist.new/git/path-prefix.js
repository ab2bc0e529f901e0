/** Moves every file of a `git fast-export` stream into a folder, touching nothing but the paths. */
import { Transform } from 'node:stream';
const NEWLINE = 0x0a;
/** The stream is lines of commands; `data <n>` is followed by n bytes that may hold anything and are passed as they are. */
export class PathPrefix extends Transform {
    #prefix;
    #rest = Buffer.alloc(0);
    #dataLeft = 0;
    /** @param prefix `folder/` */
    constructor(prefix) {
        super();
        this.#prefix = Buffer.from(prefix);
    }
    _transform(chunk, _encoding, done) {
        let buffer = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
        while (buffer.length > 0) {
            if (this.#dataLeft > 0) {
                const data = buffer.subarray(0, this.#dataLeft);
                this.#dataLeft -= data.length;
                buffer = buffer.subarray(data.length);
                this.push(data);
                continue;
            }
            const end = buffer.indexOf(NEWLINE);
            if (end < 0)
                break;
            this.#command(buffer.subarray(0, end + 1));
            buffer = buffer.subarray(end + 1);
        }
        this.#rest = buffer;
        done();
    }
    _flush(done) {
        if (this.#rest.length > 0)
            this.push(this.#rest);
        done();
    }
    #command(line) {
        const text = line.toString('latin1');
        const data = /^data (\d+)\n$/.exec(text);
        if (data)
            this.#dataLeft = Number(data[1]);
        const command = /^(M \d+ \S+ |D )/.exec(text)?.[0].length ?? 0;
        this.push(command > 0 ? Buffer.concat([line.subarray(0, command), this.#prefix, line.subarray(command)]) : line);
    }
}
//# sourceMappingURL=path-prefix.js.map