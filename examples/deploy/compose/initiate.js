// Run once by mongosh next to the first member (it shares that member's network, so that "localhost" is the member): makes
// three members a replica set, and then the two users. Running it again changes nothing.
const { readFileSync } = require('node:fs');
const secret = (name) => readFileSync(`/run/cpis/mongo/${name}`, 'utf8').trim();
const options = 'tls=true&tlsCAFile=/run/cpis/ca/ca.pem';
const member = new Mongo(`mongodb://localhost:27017/?directConnection=true&${options}`).getDB('admin');

// auth() writes into what it is given, hence the copies below.
const failure = (work) => {
  try {
    work();
    return null;
  } catch (error) {
    return error.codeName ?? error.message;
  }
};

const waitUntil = (what, condition) => {
  for (let tries = 0; !condition(); tries++) {
    if (tries === 120) throw new Error(`Waited a minute in vain: ${what}`);
    sleep(500);
  }
};

// While there is no user at all, mongod lets localhost do this much and no more.
const initiated = failure(() => member.runCommand({ replSetGetStatus: 1 }));
if (initiated === 'NotYetInitialized') {
  print('Initiating the replica set.');
  member.runCommand({
    replSetInitiate: {
      _id: 'cpis',
      members: [
        { _id: 0, host: 'mongo1:27017', priority: 2 },
        { _id: 1, host: 'mongo2:27017' },
        { _id: 2, host: 'mongo3:27017' },
      ],
    },
  });
}

// The first user is made on the first member, which its priority makes the primary.
const admin = { user: 'admin', pwd: secret('admin.password') };
const hasAdmin = () => failure(() => member.auth({ ...admin })) === null;
if (!hasAdmin()) {
  waitUntil('mongo1 is primary', () => member.hello().isWritablePrimary);
  member.createUser({ ...admin, roles: ['root'] });
  waitUntil('the first user can sign in', hasAdmin);
}

// Everything else through the set, whoever is its primary by now.
const set = new Mongo(`mongodb://mongo1,mongo2,mongo3/?replicaSet=cpis&${options}`).getDB('admin');
set.auth({ ...admin });
const cpis = set.getSiblingDB('cpis');

// What the exchange does and nothing else: it never drops a collection or an index, and sees no other database.
// The same words stand in docs/operations.md and in what `cpis mongo plan` prints.
const exchange = {
  role: 'cpisExchange',
  privileges: [
    {
      resource: { db: 'cpis', collection: '' },
      actions: [
        'find', 'insert', 'update', 'remove',
        'createCollection', 'createIndex', 'listCollections', 'listIndexes',
      ],
    },
  ],
  roles: [],
};
const user = { user: 'cpis', pwd: secret('cpis.password'), roles: ['cpisExchange'], mechanisms: ['SCRAM-SHA-256'] };
if (cpis.getRole('cpisExchange')) cpis.updateRole('cpisExchange', { privileges: exchange.privileges, roles: [] });
else cpis.createRole(exchange);
if (!cpis.getUser('cpis')) cpis.createUser(user);
print('The replica set and its users are ready.');
