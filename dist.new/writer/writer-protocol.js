/** What the service and the process that writes for it say to each other. */
export {};
//# sourceMappingURL=writer-protocol.js.map