/** The tests' own environment. TEST_S3_SERVER: the path of a `versitygw` binary, a real S3 server; absent, the small one in this folder. */
export const env: { TEST_S3_SERVER?: string | undefined } = { TEST_S3_SERVER: process.env["TEST_S3_SERVER"] };
