-- The two roles and the database of one installation; run once, by a superuser:
--   DRAWDOWN_OWNER_PASSWORD=… DRAWDOWN_APP_PASSWORD=… psql -d postgres -f roles.sql
--
-- drawdown_owner owns the schema and runs the migrations (DATABASE_OWNER_URL).
-- drawdown_app serves the site (DATABASE_URL): it owns nothing, so it can drop no trigger,
-- and on append-only tables the migrations take UPDATE, DELETE and TRUNCATE from it.

\set ON_ERROR_STOP on
\getenv owner_password DRAWDOWN_OWNER_PASSWORD
\getenv app_password DRAWDOWN_APP_PASSWORD

CREATE ROLE drawdown_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE drawdown_app LOGIN PASSWORD :'app_password';
CREATE DATABASE drawdown OWNER drawdown_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE CONNECT, TEMPORARY ON DATABASE drawdown FROM PUBLIC;
GRANT CONNECT ON DATABASE drawdown TO drawdown_app;

\connect drawdown
ALTER DEFAULT PRIVILEGES FOR ROLE drawdown_owner
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO drawdown_app;
ALTER DEFAULT PRIVILEGES FOR ROLE drawdown_owner
  GRANT USAGE, SELECT ON SEQUENCES TO drawdown_app;
