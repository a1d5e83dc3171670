using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using NSec.Cryptography;

namespace CpIs.Fhir.Benchmarks.Notifications;

/// <summary>
/// Making one notification of one event ready to post: Bundle, then signature. The floor is the Ed25519 signature alone,
/// over the same bytes with the key at hand.
/// </summary>
[MemoryDiagnoser]
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the clean-up.")]
public class NotificationAssembly
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly NotificationEvent[] Events = [new("s1", 7, Now, ["a1"], null)];
    private static readonly string Id = NotificationId.Of("s1", Events);
    private static readonly SubscriptionStanding Standing = new(
        "s1",
        SubscriptionStatus.Active,
        PayloadContent.IdOnly,
        7,
        null
    );

    private readonly NotificationBundle _bundle = new(() => "https://cpis.example/FHIR/R4");
    private readonly ReadOnlyMemory<byte>[] _seeds = [WebhookSignature.NewSeed()];
    private Key? _key;
    private byte[] _body = [];

    [GlobalSetup]
    public void Setup()
    {
        _key = Key.Import(SignatureAlgorithm.Ed25519, _seeds[0].Span, KeyBlobFormat.RawPrivateKey);
        _body = Bundle();
        Console.WriteLine($"// {_body.Length} bytes");
    }

    [GlobalCleanup]
    public void CleanUp() => _key!.Dispose();

    [Benchmark(Baseline = true)]
    public byte[] SignAlone() => SignatureAlgorithm.Ed25519.Sign(_key!, _body);

    [Benchmark]
    public byte[] Bundle() => _bundle.Write(Id, NotificationType.EventNotification, Standing, Events, Now);

    [Benchmark]
    public string BundleAndSignature() => WebhookSignature.Sign(Id, WebhookSignature.Timestamp(Now), Bundle(), _seeds);
}
