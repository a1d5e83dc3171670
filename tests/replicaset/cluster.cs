#:package MongoDB.Driver@3.14.0
#:property PublishAot=false
// What a cluster must be told before it is one; for `run`, where no mongosh need be installed.
//   cluster.cs initiate SET [--configsvr] PORT...   makes a replica set of the members on these ports, and waits for its primary
//   cluster.cs shard MONGOS_PORT SET/PORT,PORT,...  adds a shard to the cluster of a mongos

using MongoDB.Bson;
using MongoDB.Driver;

var patience = TimeSpan.FromSeconds(60);
return args switch
{
    ["initiate", var set, "--configsvr", .. var ports] => await InitiateAsync(set, ports, isConfig: true),
    ["initiate", var set, .. var ports] => await InitiateAsync(set, ports, isConfig: false),
    ["shard", var mongos, var shard] => await AddShardAsync(mongos, shard),
    _ => throw new ArgumentException("initiate SET [--configsvr] PORT... | shard MONGOS_PORT SET/PORT,PORT,..."),
};

async Task<int> InitiateAsync(string set, string[] ports, bool isConfig)
{
    var members = ports.Select((port, i) => new BsonDocument { { "_id", i }, { "host", Host(port) } });
    var config = new BsonDocument { { "_id", set }, { "members", new BsonArray(members) } };
    if (isConfig)
        config.Add("configsvr", true);
    await RunAsync($"mongodb://{Host(ports[0])}/?directConnection=true", new("replSetInitiate", config));
    // Answers when there is a primary.
    await RunAsync($"mongodb://{string.Join(',', ports.Select(Host))}/?replicaSet={set}", new("ping", 1));
    return 0;
}

async Task<int> AddShardAsync(string mongos, string shard)
{
    var (set, ports) = (shard.Split('/')[0], shard.Split('/')[1].Split(','));
    await RunAsync($"mongodb://{Host(mongos)}/", new("addShard", $"{set}/{string.Join(',', ports.Select(Host))}"));
    return 0;
}

// The processes were started a moment ago: the driver waits until they answer.
async Task RunAsync(string connectionString, BsonDocument command)
{
    var settings = MongoClientSettings.FromConnectionString(connectionString);
    settings.ServerSelectionTimeout = patience;
    using var client = new MongoClient(settings);
    await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(command, ReadPreference.Primary);
}

static string Host(string port) => "127.0.0.1:" + port;
