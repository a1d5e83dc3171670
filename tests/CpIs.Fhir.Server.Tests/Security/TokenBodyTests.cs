using System.Net.Sockets;
using System.Text;

namespace CpIs.Fhir.Server.Tests.Security;

/// <summary>Nobody without a token holds memory or a connection: what is sent for one is small and comes at once.</summary>
public sealed class TokenBodyTests : IAsyncLifetime
{
    private SecurityHost _host = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await SecurityHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(16 * 1024, 400)]
    [InlineData(16 * 1024 + 1, 413)]
    [InlineData(8 * 1024 * 1024, 413)]
    public async Task It_is_16_KiB_at_most(int bytes, int status)
    {
        foreach (var chunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token")
            {
                Content = new StringContent("a=" + new string('x', bytes - 2)),
            };
            request.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
            request.Headers.TransferEncodingChunked = chunked;

            using var answer = await _host.Http.SendAsync(request, Stop);

            ((int)answer.StatusCode).Should().Be(status, $"chunked: {chunked}");
        }
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", 1_025)] // more fields than ASP.NET reads
    [InlineData("application/x-www-form-urlencoded", 8_000)]
    [InlineData("multipart/form-data", 1)] // no boundary
    [InlineData("multipart/form-data; boundary=x", 8_000)]
    public async Task One_that_is_no_form_is_400(string type, int fields)
    {
        using var content = new StringContent(string.Concat(Enumerable.Repeat("a&", fields)));
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);

        using var answer = await _host.Http.PostAsync(new Uri("/oauth2/token", UriKind.Relative), content, Stop);

        ((int)answer.StatusCode).Should().Be(400);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7")] // .NET knows no such encoding any more
    [InlineData("application/x-www-form-urlencoded; charset=\"utf-16\"")]
    [InlineData("multipart/form-data; boundary=x; charset=utf-7")]
    public async Task One_in_another_encoding_than_UTF_8_is_415(string type)
    {
        using var content = new ByteArrayContent("grant_type=client_credentials"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type).Should().BeTrue();

        using var answer = await _host.Http.PostAsync(new Uri("/oauth2/token", UriKind.Relative), content, Stop);

        ((int)answer.StatusCode).Should().Be(415);
    }

    [Fact]
    public async Task It_comes_within_ten_seconds()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_host.Http.BaseAddress!.Host, _host.Http.BaseAddress.Port, Stop);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /oauth2/token HTTP/1.1\r\nHost: {_host.Http.BaseAddress.Authority}\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ngrant_type="
            ),
            Stop
        );
        using var reader = new StreamReader(stream);
        var status = reader.ReadLineAsync(Stop).AsTask();
        var waited = TimeSpan.Zero;
        while (!status.IsCompleted && waited < TimeSpan.FromMinutes(10))
        {
            _host.Time.Advance(TimeSpan.FromSeconds(1));
            waited += TimeSpan.FromSeconds(1);
            await Task.WhenAny(status, Task.Delay(20, Stop));
        }

        (await status).Should().StartWith("HTTP/1.1 408");
    }
}
