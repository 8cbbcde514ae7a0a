-- What kind of person the present level asks, kept since it was asked: agents read it with every look at a pending request.
alter table requests add column asks text check (asks in ('approver', 'security_officer'));
