// The X.509 library asks for this polyfill before its first line runs: import the library only from here.
import "reflect-metadata";

export * from "@peculiar/x509";
