using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;

namespace CpIs.Fhir.Server.Mesh;

/// <summary>
/// The MESH API (version 2) as a client uses it. It follows no redirect, uses no proxy, repeats nothing, and never throws for what MESH or the network does. Each
/// request has a token of its own.
/// </summary>
internal sealed class MeshClient : IDisposable
{
    /// <summary>MESH takes 100 MB in one request; its own client cuts at this.</summary>
    public const int DefaultChunkBytes = 75 * 1024 * 1024;

    /// <summary>Most of a JSON answer that is read: a page of the inbox is 5,000 ids at most.</summary>
    public const int MostAnswerBytes = 1024 * 1024;

    /// <summary>How long one request may take, a chunk of a file excepted.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How long a chunk may take.</summary>
    public static readonly TimeSpan ChunkTimeout = TimeSpan.FromMinutes(10);

    private const int MostIdLength = 100;

    private const string Version2 = "application/vnd.mesh.v2+json";

    private readonly MeshAccess _access;
    private readonly int _chunkBytes;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public MeshClient(MeshAccess access, TimeProvider time, int chunkBytes = DefaultChunkBytes)
    {
        (_access, _time, _chunkBytes) = (access, time, chunkBytes);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                ActivityHeadersPropagator = null,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                MaxResponseHeadersLength = 32,
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                SslOptions = access.Tls,
                UseCookies = false,
                UseProxy = false,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The exchange's own mailbox.</summary>
    public string Mailbox => _access.Mailbox;

    public void Dispose() => _http.Dispose();

    /// <summary>Proves that the mailbox can be used. MESH wants it at least daily.</summary>
    public Task<MeshAnswer> HandshakeAsync(CancellationToken cancellation) =>
        CallAsync(HttpMethod.Post, Own(), null, CallTimeout, cancellation);

    /// <summary>Mailboxes of an organisation that take a workflow.</summary>
    public async Task<(MeshAnswer Answer, IReadOnlyList<string> Mailboxes)> LookUpAsync(
        string ods,
        string workflow,
        CancellationToken cancellation
    )
    {
        var url = $"/messageexchange/endpointlookup/{Uri.EscapeDataString(ods)}/{Uri.EscapeDataString(workflow)}";
        var answer = await CallAsync(HttpMethod.Get, url, null, CallTimeout, cancellation);
        return (answer, answer.Texts("results", "mailbox_id"));
    }

    /// <summary>
    /// Sends one message, in chunks where it is larger than one may be. The last answer, and the id under which MESH has it; without an id it has
    /// not been accepted.
    /// </summary>
    public async Task<(MeshAnswer Answer, string? MessageId)> SendAsync(
        MeshParcel parcel,
        CancellationToken cancellation
    )
    {
        var chunks = Math.Max(1, (parcel.Body.Length + _chunkBytes - 1) / _chunkBytes);
        string? id = null;
        for (var chunk = 1; ; chunk++)
        {
            using var request = new HttpRequestMessage { Content = ChunkOf(parcel, chunk) };
            request.Headers.TryAddWithoutValidation("mex-chunk-range", $"{chunk}:{chunks}");
            if (chunk == 1)
                AddHeaders(request, parcel);
            var url = chunk == 1 ? Own("/outbox") : Own($"/outbox/{Uri.EscapeDataString(id!)}/{chunk}");
            var limit = chunks == 1 ? CallTimeout : ChunkTimeout;
            var answer = await CallAsync(HttpMethod.Post, url, request, limit, cancellation);
            if (!answer.IsSuccess)
                return (answer, null);
            id ??= answer.Text("message_id", "messageID") is { Length: > 0 and <= MostIdLength } given ? given : null;
            if (id is null || chunk == chunks)
                return (answer, id);
        }
    }

    /// <summary>The tracking record of a message that was sent.</summary>
    public Task<MeshAnswer> TrackAsync(string messageId, CancellationToken cancellation) =>
        CallAsync(
            HttpMethod.Get,
            Own($"/outbox/tracking?messageID={Uri.EscapeDataString(messageId)}"),
            null,
            CallTimeout,
            cancellation
        );

    /// <summary>Ids of messages that wait in the exchange's own mailbox, oldest first, the first page of them.</summary>
    public async Task<(MeshAnswer Answer, IReadOnlyList<string> MessageIds)> ListInboxAsync(
        string workflow,
        CancellationToken cancellation
    )
    {
        var url = Own($"/inbox?workflow_filter={Uri.EscapeDataString(workflow)}");
        var answer = await CallAsync(HttpMethod.Get, url, null, CallTimeout, cancellation);
        return (answer, answer.Texts("messages", null));
    }

    /// <summary>The headers of a message that waits, without what is in it.</summary>
    public Task<MeshAnswer> HeadAsync(string messageId, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Head, InInbox(messageId), null, CallTimeout, cancellation);

    /// <summary>Writes what is in a message to a stream, chunk after chunk, unpacked. The last answer; nothing is complete unless it is a success.</summary>
    public async Task<MeshAnswer> ReadAsync(string messageId, Stream destination, CancellationToken cancellation)
    {
        for (var chunk = 1; ; chunk++)
        {
            var url = InInbox(messageId) + (chunk == 1 ? "" : $"/{chunk}");
            var answer = await CallAsync(HttpMethod.Get, url, null, ChunkTimeout, cancellation, destination);
            // 206: more to come. 200: the whole, or the last.
            if (answer.Status != (int)HttpStatusCode.PartialContent)
                return answer;
        }
    }

    /// <summary>Takes a message out of the exchange's own mailbox.</summary>
    public Task<MeshAnswer> AcknowledgeAsync(string messageId, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Put, InInbox(messageId) + "/status/acknowledged", null, CallTimeout, cancellation);

    private string Own(string path = "") => $"/messageexchange/{_access.Mailbox}{path}";

    private string InInbox(string messageId) => Own($"/inbox/{Uri.EscapeDataString(messageId)}");

    private ReadOnlyMemoryContent ChunkOf(MeshParcel parcel, int chunk)
    {
        var start = (chunk - 1) * _chunkBytes;
        var content = new ReadOnlyMemoryContent(
            parcel.Body.Slice(start, Math.Min(_chunkBytes, parcel.Body.Length - start))
        );
        content.Headers.ContentType = new MediaTypeHeaderValue(parcel.ContentType);
        return content;
    }

    private static void AddHeaders(HttpRequestMessage request, MeshParcel parcel)
    {
        request.Headers.TryAddWithoutValidation("mex-to", parcel.To);
        request.Headers.TryAddWithoutValidation("mex-workflowid", parcel.Workflow);
        request.Headers.TryAddWithoutValidation("mex-subject", parcel.Subject);
        request.Headers.TryAddWithoutValidation("mex-localid", parcel.LocalId);
        request.Headers.TryAddWithoutValidation("mex-filename", parcel.FileName);
    }

    private async Task<MeshAnswer> CallAsync(
        HttpMethod method,
        string path,
        HttpRequestMessage? prepared,
        TimeSpan timeout,
        CancellationToken cancellation,
        Stream? destination = null
    )
    {
        using var limit = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var request = prepared ?? new HttpRequestMessage();
        (request.Method, request.RequestUri) = (method, new Uri(_access.Url + path));
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            MeshToken.Create(_access.Mailbox, _access.Password, _access.SharedKey, Guid.NewGuid(), _time.GetUtcNow())
        );
        request.Headers.TryAddWithoutValidation("Accept", Version2);
        request.Headers.TryAddWithoutValidation("mex-ClientVersion", $"CpIs.Fhir=={Release}");
        request.Headers.TryAddWithoutValidation("mex-OSName", OsName);
        request.Headers.TryAddWithoutValidation("mex-OSVersion", Environment.OSVersion.Version.ToString());
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ReadAsync(response, destination, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return MeshAnswer.Silence($"no answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidDataException)
        {
            return MeshAnswer.Silence(Describe(failure));
        }
    }

    private static async Task<MeshAnswer> ReadAsync(
        HttpResponseMessage response,
        Stream? destination,
        CancellationToken cancellation
    )
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated)
            headers[name] = values.ToString();
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        if (destination is not null && response.IsSuccessStatusCode)
        {
            // Each chunk was packed on its own.
            await using var unpacked = response.Content.Headers.ContentEncoding.Contains("gzip")
                ? new GZipStream(body, CompressionMode.Decompress)
                : body;
            await unpacked.CopyToAsync(destination, cancellation);
            return new MeshAnswer((int)response.StatusCode, null, headers, default);
        }

        return new MeshAnswer((int)response.StatusCode, null, headers, await BoundedAsync(body, cancellation));
    }

    /// <summary>As much of an answer as is read.</summary>
    private static async Task<ReadOnlyMemory<byte>> BoundedAsync(Stream body, CancellationToken cancellation)
    {
        var buffer = new byte[4_096];
        for (var length = 0; ; )
        {
            var read = await body.ReadAsync(buffer.AsMemory(length), cancellation);
            length += read;
            if (read == 0 || length == MostAnswerBytes)
                return buffer.AsMemory(0, length);
            if (length == buffer.Length)
                Array.Resize(ref buffer, Math.Min(2 * length, MostAnswerBytes));
        }
    }

    private static string Release => typeof(MeshClient).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static string OsName =>
        RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "Windows"
        : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "macOS"
        : "Linux";

    /// <summary>Says what happened in words of our own: messages of the network may hold addresses.</summary>
    private static string Describe(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
            switch (cause)
            {
                case AuthenticationException:
                    return "TLS failed; check the certificates";
                case SocketException
                {
                    SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
                }:
                    return "the host is not known";
                case SocketException socket:
                    return string.Create(CultureInfo.InvariantCulture, $"connection failed ({socket.SocketErrorCode})");
            }

        return "connection failed";
    }
}

/// <summary>What is sent to MESH.</summary>
/// <param name="To">The recipient's mailbox.</param>
/// <param name="Workflow">Workflow id.</param>
/// <param name="Subject">Names no child.</param>
/// <param name="LocalId">The same for every try to tell the same.</param>
/// <param name="FileName">How the recipient's client names the file.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="Body">What is told.</param>
internal sealed record MeshParcel(
    string To,
    string Workflow,
    string Subject,
    string LocalId,
    string FileName,
    string ContentType,
    ReadOnlyMemory<byte> Body
);
