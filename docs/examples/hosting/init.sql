-- The role of the mock, made when the database is made. It may use whatever the owner makes in the schema of the mock.
\getenv password MOCK_PASSWORD
CREATE ROLE awalmock LOGIN PASSWORD :'password';
CREATE SCHEMA awalmock;
GRANT USAGE ON SCHEMA awalmock TO awalmock;
ALTER DEFAULT PRIVILEGES IN SCHEMA awalmock GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO awalmock;
