/**
 * The digest of an item that stands for one whose end nobody knows. It measured nothing, so the real one is still measured
 * when it comes after all.
 */
export const sealedDigest = '0000000000000000'
