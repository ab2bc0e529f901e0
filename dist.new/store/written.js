/** What the writer tells the store of a group of writes, so that nothing need be read again. */
export {};
//# sourceMappingURL=written.js.map