using System.Net.Security;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Mesh;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CpIs.Fhir.Server.Tests.Mesh;

/// <summary>Clients of the stub, as the exchange and as an authority.</summary>
internal static class MeshClients
{
    public static readonly MeshOptions Options = new()
    {
        Mailbox = MeshStub.Exchange,
        AccessWorkflow = MeshStub.Workflow,
        Mailboxes = new Dictionary<string, string> { ["XHF01"] = MeshStub.Authority },
    };

    public static MeshClient Client(
        this MeshStub stub,
        string mailbox,
        TimeProvider time,
        int chunkBytes = MeshClient.DefaultChunkBytes,
        string password = MeshStub.Password
    ) =>
        new(
            new MeshAccess(stub.Url, mailbox, password, MeshStub.SharedKey, new SslClientAuthenticationOptions()),
            time,
            chunkBytes
        );

    public static MeshTransport Transport(
        this MeshStub stub,
        TimeProvider time,
        ILogger<MeshTransport>? logger = null
    ) => new(stub.Client(MeshStub.Exchange, time), Options, time, logger ?? NullLogger<MeshTransport>.Instance);

    /// <summary>The authority's system fetches all that waits, and acknowledges it.</summary>
    public static async Task<List<byte[]>> FetchAllAsync(this MeshStub stub, TimeProvider time)
    {
        using var client = stub.Client(MeshStub.Authority, time);
        var fetched = new List<byte[]>();
        var (_, ids) = await client.ListInboxAsync(MeshStub.Workflow, CancellationToken.None);
        foreach (var id in ids)
        {
            using var file = new MemoryStream();
            (await client.ReadAsync(id, file, CancellationToken.None)).Status.Should().Be(200);
            fetched.Add(file.ToArray());
            (await client.AcknowledgeAsync(id, CancellationToken.None)).Status.Should().Be(200);
        }

        return fetched;
    }
}
