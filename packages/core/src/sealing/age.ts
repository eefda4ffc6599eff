/** Loaded when something is sealed or opened for the first time: most configs do neither. */
export const loadAge = async (): Promise<typeof import("age-encryption")> => await import("age-encryption");
