/** What a metric is: a name, and values that are looked up when somebody asks. */
export {};
//# sourceMappingURL=metric-family.js.map