/** Where this program keeps what belongs to a repository but to none of its commits. */
import path from 'node:path';
import { makeDirectory } from '../git/loose-objects.js';
/** The directory inside the git directory that all work trees share; made if it is not there. */
export function stateDirectory(repository) {
    const directory = path.join(repository.commonDirectory, 'horde-references');
    makeDirectory(directory);
    return directory;
}
//# sourceMappingURL=state-directory.js.map