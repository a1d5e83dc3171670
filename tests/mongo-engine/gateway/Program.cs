using System.Runtime.InteropServices;
using MongoGateway;
using MongoGateway.Commands;
using MongoGateway.Postgres;
using MongoGateway.Sessions;
using MongoGateway.Wire;

// mongogw: the MongoDB wire protocol in front of the DocumentDB extension of PostgreSQL. Loopback only, no authentication: for
// tests. README.md of the folder above tells the options.
var options = GatewayOptions.Parse(args);
using var stop = new CancellationTokenSource();
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

await using var database = new Database(options.Database);
var version = await database.PrepareAsync(stop.Token);
Console.WriteLine($"mongogw: DocumentDB {version}, spoken to as MongoDB {options.ServerVersion}");
var cursors = new Cursors();
var transactions = new Transactions(database, cursors);
var set = new ReplicaSet(options, transactions);
var failPoints = new FailPoints(options.TestCommands);
var dispatcher = new Dispatcher(
    [
        new ServerCommands(options, set, version),
        new SessionCommands(transactions, cursors),
        new ReadCommands(database, cursors),
        new WriteCommands(database),
        new SchemaCommands(database, options),
        new ExplainCommand(database),
        failPoints,
    ],
    transactions,
    set,
    failPoints,
    options
);
_ = Task.Run(() => transactions.ReapAsync(stop.Token));
await new Listener(options, dispatcher).RunAsync(stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
