-- A function is born executable by everybody; in `private` only explicit grants count.
revoke execute on all functions in schema private from public;
