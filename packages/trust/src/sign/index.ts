export { createSigningKey, loadOrCreateSigner, type Signer } from "./signer.ts";
