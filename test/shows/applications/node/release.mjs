export const release = "@RELEASE@";
