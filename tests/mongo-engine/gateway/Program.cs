using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MongoDB.Bson;
using MongoGw;
using Npgsql;

// mongogw: a loopback-only, unauthenticated MongoDB wire-protocol front for the DocumentDB PostgreSQL extension.
// For tests only. Options: --listen 127.0.0.1:27017  --pg "<Npgsql connection string>"  --topology mongos|rs|standalone  --wire 21  --trace
var opt = new Dictionary<string, string>();
for (int i = 0; i < args.Length; i++)
    if (args[i].StartsWith("--"))
        opt[args[i][2..]] = i + 1 < args.Length && !args[i + 1].StartsWith("--") ? args[++i] : "1";
var listen = IPEndPoint.Parse(opt.GetValueOrDefault("listen", "127.0.0.1:27017"));
if (!IPAddress.IsLoopback(listen.Address))
    throw new ArgumentException("only loopback addresses are served");
var csb = new NpgsqlConnectionStringBuilder(
    opt.GetValueOrDefault("pg", "Host=127.0.0.1;Port=27117;Username=postgres;Database=postgres")
)
{
    MaxPoolSize = 150,
    MaxAutoPrepare = 64,
    AutoPrepareMinUsages = 2,
    CommandTimeout = 300,
    Enlist = false,
    SearchPath = "documentdb_api_catalog,documentdb_api,public",
    ApplicationName = "mongogw",
    NoResetOnClose = true,
    Options = "-c documentdb.throwDeadlockOnCRUD=on",
};
await using var pg = new NpgsqlDataSourceBuilder(csb.ConnectionString).Build();
var engine = new Engine(
    pg,
    listen,
    opt.GetValueOrDefault("topology", "mongos"),
    int.Parse(opt.GetValueOrDefault("wire", "21")),
    opt.ContainsKey("trace")
);
await engine.CheckBackend();
var server = new TcpListener(listen);
server.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
server.Start(512);
Console.WriteLine($"mongogw: listening on {listen}, topology {engine.Topology}, wire version {engine.Wire}");
int connId = 0;
while (true)
{
    var client = await server.AcceptTcpClientAsync();
    _ = Task.Run(() => Serve(client, Interlocked.Increment(ref connId)));
}

async Task Serve(TcpClient client, int id)
{
    using var _ = client;
    client.NoDelay = true;
    var s = client.GetStream();
    var head = new byte[16];
    try
    {
        while (true)
        {
            await s.ReadExactlyAsync(head);
            int len = BinaryPrimitives.ReadInt32LittleEndian(head),
                reqId = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(4));
            int op = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(12));
            if (len is < 16 or > 48_000_000)
                throw new InvalidDataException("message length");
            var body = new byte[len - 16];
            await s.ReadExactlyAsync(body);
            byte[]? reply = op switch
            {
                2013 => await OpMsg(body, id),
                2004 => OpReply(await engine.Run(ParseQuery(body, id))),
                _ => throw new InvalidDataException($"opcode {op}"),
            };
            if (reply is null)
                continue;
            BinaryPrimitives.WriteInt32LittleEndian(reply, reply.Length);
            BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(4), reqId + 1);
            BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(8), reqId);
            BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(12), op == 2004 ? 1 : 2013);
            await s.WriteAsync(reply);
        }
    }
    catch (Exception e) when (e is EndOfStreamException or IOException or SocketException or ObjectDisposedException)
    { }
    catch (Exception e)
    {
        Console.Error.WriteLine($"connection {id}: {e}");
    }
}

async Task<byte[]?> OpMsg(byte[] body, int id)
{
    uint flags = BinaryPrimitives.ReadUInt32LittleEndian(body);
    int at = 4,
        end = body.Length - ((flags & 1) != 0 ? 4 : 0);
    RawDoc cmd = default;
    string? seqName = null;
    ReadOnlyMemory<byte> seq = default;
    while (at < end)
    {
        byte kind = body[at++];
        int size = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at));
        if (kind == 0)
            cmd = new RawDoc(body.AsMemory(at, size));
        else if (kind == 1)
        {
            int nameLen = body.AsSpan(at + 4).IndexOf((byte)0);
            seqName = Encoding.UTF8.GetString(body, at + 4, nameLen);
            seq = body.AsMemory(at + 5 + nameLen, size - 5 - nameLen);
        }
        else
            throw new InvalidDataException($"section kind {kind}");
        at += size;
    }
    var reply = await engine.Run(
        new Request(cmd, cmd.Str("$db") ?? "admin", seqName is null ? (ReadOnlyMemory<byte>?)null : seq, id)
    );
    if ((flags & 2) != 0)
        return null; // moreToCome: an unacknowledged write, no answer wanted
    var msg = new byte[16 + 5 + reply.Length];
    reply.CopyTo(msg.AsMemory(21));
    return msg;
}

static Request ParseQuery(byte[] body, int id)
{
    int nameLen = body.AsSpan(4).IndexOf((byte)0);
    string db = Encoding.UTF8.GetString(body, 4, nameLen).Split('.')[0];
    return new Request(new RawDoc(body.AsMemory(4 + nameLen + 1 + 8)), db, null, id);
}

static byte[] OpReply(ReadOnlyMemory<byte> doc)
{
    var msg = new byte[16 + 20 + doc.Length];
    BinaryPrimitives.WriteInt32LittleEndian(msg.AsSpan(16), 8);
    BinaryPrimitives.WriteInt32LittleEndian(msg.AsSpan(32), 1);
    doc.CopyTo(msg.AsMemory(36));
    return msg;
}
