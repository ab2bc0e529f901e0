// Owns texts in which every write differs from the one before: they are cut where the number of the write goes.
const MARK = '@edition@';

/** What is put in front of a description, so that each write changes it. */
export const EDITION = `Edition ${MARK}. `;

/** @returns {string[]} what stands around each mark */
export function cutAtEdition(text) {
	return text.split(MARK);
}

/** The text of one write. */
export function filled(pieces, edition) {
	return pieces.join(String(edition));
}
