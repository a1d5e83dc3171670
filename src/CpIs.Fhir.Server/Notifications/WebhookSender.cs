using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Certificates;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>
/// Posts notifications by HTTP, signed after Standard Webhooks. It follows no redirect, uses no proxy and keeps no
/// cookies, and of the answer it takes the status and Retry-After only.
/// </summary>
internal sealed class WebhookSender : INotificationSender, IDisposable
{
    private const int MostAnswerBytes = 4_096;

    /// <summary>How long the body of an answer is read, so that the connection can be used again.</summary>
    private static readonly TimeSpan MostAnswerTime = TimeSpan.FromSeconds(1);

    private readonly HttpClient _client;
    private readonly WebhookKeys _keys;
    private readonly IdGenerator _ids;
    private readonly TimeProvider _time;

    public WebhookSender(NotificationOptions options, WebhookKeys keys, IdGenerator ids, TimeProvider time)
        : this(options, keys, ids, time, Dns.GetHostAddressesAsync) { }

    internal WebhookSender(
        NotificationOptions options,
        WebhookKeys keys,
        IdGenerator ids,
        TimeProvider time,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        RemoteCertificateValidationCallback? trusts = null
    )
    {
        (_keys, _ids, _time) = (keys, ids, time);
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                ActivityHeadersPropagator = null,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectCallback = new CheckedConnection(
                    options.AllowLoopbackHttp,
                    resolve,
                    options.PrivateNetworks
                ).OpenAsync,
                ConnectTimeout = options.ConnectTimeout,
                MaxResponseHeadersLength = 16,
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                SslOptions = Tls(options, trusts),
                UseCookies = false,
                UseProxy = false,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public void Dispose() => _client.Dispose();

    private static SslClientAuthenticationOptions Tls(
        NotificationOptions options,
        RemoteCertificateValidationCallback? trusts
    )
    {
        var tls = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = trusts,
        };
        if (options.CertificateFile.Length > 0)
            tls.ClientCertificateContext = PemFiles.ReadClientCertificate(
                "Notifications:" + nameof(options.CertificateFile),
                options.CertificateFile,
                options.CertificateKeyFile
            );
        return tls;
    }

    /// <inheritdoc />
    public async Task<SendOutcome> SendAsync(OutgoingNotification notification, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(notification.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = Request(notification);
            using var response = await _client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                either.Token
            );
            if (response.IsSuccessStatusCode)
            {
                await DrainAsync(response, either.Token);
                return new SendOutcome(SendResult.Accepted, (int)response.StatusCode);
            }

            return new SendOutcome(
                response.StatusCode == HttpStatusCode.Gone ? SendResult.Gone : SendResult.Failed,
                (int)response.StatusCode,
                DeliveryError.ErrorResponse($"HTTP {(int)response.StatusCode}"),
                RetryAfter(response.Headers.RetryAfter)
            );
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed(DeliveryError.NoResponse($"no answer within {notification.Timeout.TotalSeconds:0.#} s"));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return Failed(Describe(failure));
        }
    }

    private HttpRequestMessage Request(OutgoingNotification notification)
    {
        var timestamp = WebhookSignature.Timestamp(_time.GetUtcNow());
        var request = new HttpRequestMessage(HttpMethod.Post, notification.Endpoint)
        {
            Content = new ReadOnlyMemoryContent(notification.Body),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(notification.ContentType);
        foreach (var line in notification.Headers)
            if (ChannelHeaders.TrySplit(line, out var name, out var value))
                request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation("User-Agent", "CpIs.Fhir");
        request.Headers.TryAddWithoutValidation("X-Request-ID", _ids.Next());
        request.Headers.TryAddWithoutValidation(WebhookSignature.IdHeader, notification.Id);
        request.Headers.TryAddWithoutValidation(WebhookSignature.TimestampHeader, timestamp);
        request.Headers.TryAddWithoutValidation(
            WebhookSignature.SignatureHeader,
            WebhookSignature.Sign(notification.Id, timestamp, notification.Body.Span, _keys.Seeds())
        );
        return request;
    }

    /// <summary>
    /// Reads a short answer to its end, so that the connection can be used again; a long or slow one is cut. The 2xx counts by
    /// its status alone: a body that breaks off is not a reason to send again.
    /// </summary>
    private async Task DrainAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(MostAnswerTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var buffer = new byte[MostAnswerBytes];
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, either.Token);
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException or OperationCanceledException)
        {
            // The receiver has said 2xx; what follows is of no interest.
        }
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - _time.GetUtcNow() : null);

    private static SendOutcome Failed(string error) => new(SendResult.Failed, null, error);

    /// <summary>Says what happened in words of our own: messages of the network may hold addresses.</summary>
    private static string Describe(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
            switch (cause)
            {
                case BlockedAddressException blocked:
                    return DeliveryError.DnsResolution(blocked.Message);
                case AuthenticationException:
                    return DeliveryError.NoResponse("TLS failed; check the certificate");
                case SocketException
                {
                    SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
                }:
                    return DeliveryError.DnsResolution("the host is not known");
                case SocketException socket:
                    return DeliveryError.NoResponse(
                        string.Create(CultureInfo.InvariantCulture, $"connection failed ({socket.SocketErrorCode})")
                    );
            }

        return DeliveryError.NoResponse("connection failed");
    }
}
