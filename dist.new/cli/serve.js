/** `serve`: publishes a data repository until it is told to stop. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../config/load-config.js';
import { withoutSecrets } from '../git/remote.js';
import { createLogger } from '../logger.js';
import { startService } from '../service.js';
import { cloneRepository, initRepository } from '../store/init-repository.js';
/** Resolved when the service has stopped, after SIGTERM or SIGINT. A second signal ends the process at once. */
export async function serve({ config, create, ...flags }, output) {
    const settings = loadConfig({ flags, environment: process.env, file: config });
    if (create && !existsSync(path.join(settings.repo, '.git'))) {
        await createRepository(settings, output);
    }
    const logger = createLogger(settings.logLevel);
    const stopped = signalled();
    const service = await startService(settings, logger);
    const { url } = service;
    output.print([
        `Serving ${settings.repo} on ${url}. Try:`,
        `  curl ${url}/api/model_references/v1/stable_diffusion.json`,
        `  curl --compressed '${url}/api/model_references/v1/text_generation?include_group=true'`,
        `  curl ${url}/api/model_references/v1/metadata/last_updated`,
        `Documentation: ${url}/api/docs`,
    ].join('\n'));
    const signal = await stopped;
    logger.info({ signal }, 'stopping');
    await service.stop();
    logger.info('stopped');
}
/** Where there is a remote, what others have is the beginning. */
async function createRepository({ repo, remote, upstream }, output) {
    const url = remote || upstream;
    if (url) {
        await cloneRepository(url, repo);
        output.print(`Created ${repo} as a clone of ${withoutSecrets(url)}.`);
    }
    else {
        await initRepository(repo, { empty: false });
        output.print(`Created ${repo} from the starter references.`);
    }
}
function signalled() {
    return new Promise((resolve) => {
        // Only once: the default action of a second signal ends a process whose drain takes too long for its operator.
        process.once('SIGTERM', resolve);
        process.once('SIGINT', resolve);
    });
}
//# sourceMappingURL=serve.js.map