using System.Net;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Mesh;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Server.Tests.Mesh;

/// <summary>The MESH API as we call it, against a stub that behaves as the published sandbox.</summary>
public sealed class MeshClientTests : IAsyncLifetime
{
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-11-29T17:50:00Z"));
    private MeshStub _stub = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stub = await MeshStub.StartAsync(_time);

    public ValueTask DisposeAsync() => _stub.DisposeAsync();

    [Fact]
    public void A_token_is_what_the_specification_says() =>
        MeshToken
            .Create(
                "X26ABC1",
                "password",
                "TestKey",
                Guid.Parse("f3a1c9d2-6f0b-4a53-8a52-0c3f5d1e7b10"),
                _time.GetUtcNow().ToOffset(TimeSpan.FromHours(1))
            )
            .Should()
            .Be(
                "NHSMESH X26ABC1:f3a1c9d2-6f0b-4a53-8a52-0c3f5d1e7b10:0:202611291750:5e9c57f3bdf2db28450139a8ed748b562a861e922ede698808dfacf1dcbd4fb6"
            );

    [Fact]
    public async Task A_token_is_taken_once_and_in_its_time()
    {
        using var http = new HttpClient { BaseAddress = new Uri(_stub.Url) };
        async Task<HttpStatusCode> ShakeAsync(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/messageexchange/X26ABC1");
            request.Headers.TryAddWithoutValidation("Authorization", token);
            using var response = await http.SendAsync(request, Stop);
            return response.StatusCode;
        }

        string Token(DateTimeOffset time) =>
            MeshToken.Create(MeshStub.Exchange, MeshStub.Password, MeshStub.SharedKey, Guid.NewGuid(), time);

        var token = Token(_time.GetUtcNow());
        (await ShakeAsync(token)).Should().Be(HttpStatusCode.OK);
        (await ShakeAsync(token)).Should().Be(HttpStatusCode.Forbidden);
        (await ShakeAsync(Token(_time.GetUtcNow() - TimeSpan.FromHours(3)))).Should().Be(HttpStatusCode.Forbidden);

        // Ours is new for each request.
        using var client = _stub.Client(MeshStub.Exchange, _time);
        for (var i = 0; i < 3; i++)
            (await client.HandshakeAsync(Stop)).Status.Should().Be(200);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(64, 1)]
    [InlineData(65, 2)]
    [InlineData(200, 4)]
    public async Task A_message_larger_than_a_chunk_goes_in_chunks_and_is_read_whole(int length, int chunks)
    {
        using var client = _stub.Client(MeshStub.Exchange, _time, chunkBytes: 64);
        var body = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var (answer, id) = await client.SendAsync(Parcel(body), Stop);
        answer.Status.Should().Be(202);
        var sent = _stub.Messages[id!];
        sent.Parts.Should().HaveCount(chunks);
        sent.Whole.Should().Equal(body);
        sent.Status.Should().Be("accepted");
        (await _stub.FetchAllAsync(_time)).Should().ContainSingle().Which.Should().Equal(body);
        (await client.TrackAsync(id!, Stop)).Text("status").Should().Be("acknowledged");
    }

    [Fact]
    public async Task A_message_whose_second_chunk_fails_has_not_been_accepted()
    {
        using var client = _stub.Client(MeshStub.Exchange, _time, chunkBytes: 64);
        _stub.Fault = context => context.Request.Path.Value!.EndsWith("/2", StringComparison.Ordinal) ? 503 : null;
        var (answer, id) = await client.SendAsync(Parcel(new byte[100]), Stop);
        (answer.Status, id).Should().Be((503, null));
    }

    [Fact]
    public async Task What_MESH_refuses_is_said_in_our_own_words()
    {
        using var transport = _stub.Transport(_time);
        var unknown = await transport.SendAsync(new MeshMessage("local", "X26ABC9", "x"u8.ToArray()), Stop);
        unknown.Result.Should().Be(SendResult.Failed);
        unknown.Error.Should().Be("error-response: HTTP 417, the recipient's mailbox is not registered (MESH code 12)");

        using var wrong = new MeshTransport(
            _stub.Client(MeshStub.Exchange, _time, password: "wrong"),
            MeshClients.Options,
            _time,
            NullLogger<MeshTransport>.Instance
        );
        (await wrong.HandshakeAsync(Authority, MeshStub.Authority, Stop)).Error.Should().Be("error-response: HTTP 403");

        await _stub.DisposeAsync();
        var silent = await transport.SendAsync(new MeshMessage("local", MeshStub.Authority, "x"u8.ToArray()), Stop);
        silent.Error.Should().Be("no-response: connection failed (ConnectionRefused)");
    }

    [Fact]
    public async Task A_handshake_needs_a_mailbox_that_MESH_knows_for_this_authority()
    {
        using var transport = _stub.Transport(_time);
        (await transport.HandshakeAsync(Authority, MeshStub.Authority, Stop)).Result.Should().Be(SendResult.Accepted);
        var another = await transport.HandshakeAsync(OdsCode.Parse("XOT01"), MeshStub.Authority, Stop);
        (another.Result, another.Error)
            .Should()
            .Be((SendResult.Failed, "error-response: MESH knows no such mailbox of this authority for this workflow"));
    }

    [Fact]
    public async Task A_handshake_is_made_daily()
    {
        using var transport = _stub.Transport(_time);
        async Task<int> HandshakesAfterSendingAsync()
        {
            var sent = await transport.SendAsync(new MeshMessage("l", MeshStub.Authority, "x"u8.ToArray()), Stop);
            sent.Result.Should().Be(SendResult.UnderWay);
            return _stub.Requests.Count(request => request == "POST /messageexchange/X26ABC1");
        }

        (await HandshakesAfterSendingAsync()).Should().Be(1);
        (await HandshakesAfterSendingAsync()).Should().Be(1);
        _time.Advance(TimeSpan.FromHours(23));
        (await HandshakesAfterSendingAsync()).Should().Be(2);
    }

    [Fact]
    public void Secrets_come_from_files_and_are_shown_to_nobody()
    {
        var folder = Directory.CreateTempSubdirectory("cpis-mesh-").FullName;
        try
        {
            string File(string name, string text)
            {
                var path = Path.Combine(folder, name);
                System.IO.File.WriteAllText(path, text);
                return path;
            }

            var options = MeshClients.Options with
            {
                Url = "https://mesh.example",
                PasswordFile = File("password", "secret-password\n"),
                SharedKeyFile = File("key", "secret-key\n"),
            };
            var access = MeshAccess.Read(options);
            (access.Password, access.SharedKey).Should().Be(("secret-password", "secret-key"));
            $"{access}".Should().NotContain("secret");
            var missing = () => MeshAccess.Read(options with { PasswordFile = Path.Combine(folder, "none") });
            missing.Should().Throw<InvalidConfigurationException>().WithMessage("Mesh:PasswordFile cannot be read*");
            var empty = () => MeshAccess.Read(options with { SharedKeyFile = File("empty", "\n") });
            empty.Should().Throw<InvalidConfigurationException>().WithMessage("Mesh:SharedKeyFile is an empty file.");
            var bad = () =>
                MeshAccess.Read(options with { CertificateFile = File("pem", "no"), CertificateKeyFile = "x" });
            bad.Should().Throw<InvalidConfigurationException>().WithMessage("Mesh:CertificateFile*");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static MeshParcel Parcel(byte[] body) =>
        new(MeshStub.Authority, MeshStub.Workflow, "A subject", "local-1", "file.xml", "application/xml", body);
}
