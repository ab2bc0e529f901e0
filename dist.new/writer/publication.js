/** What is to be published together: where the branch goes with work tree and index, and which other refs move with it. */
export {};
//# sourceMappingURL=publication.js.map