/** What a write asks for and what becomes of it. Plain data: it goes from the service to the process that writes. */
export function isTransition(request) {
    return 'transition' in request;
}
export function isRevert(request) {
    return 'reverts' in request;
}
//# sourceMappingURL=change.js.map