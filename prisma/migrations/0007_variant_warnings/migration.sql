-- What to know of a variant before it is used: statements with a code, its numbers and a sentence.
ALTER TABLE "variant" ADD COLUMN "warnings" JSONB NOT NULL DEFAULT '[]';
