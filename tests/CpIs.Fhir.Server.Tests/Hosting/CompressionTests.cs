using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>gzip in requests and answers, within the same limits as without.</summary>
public sealed class CompressionTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private static readonly (string, string) Gzip = ("Accept-Encoding", "gzip, br;q=0.9");

    private Task<Speaker> AuthorityAsync => exchange.AsAsync("authority-xhf01");

    [Fact]
    public async Task A_compressed_upload_is_taken_as_the_same_one_plain()
    {
        var child = exchange.NewChild();
        var id = ("X-Request-ID", Guid.NewGuid().ToString("D"));
        var bundle = Bundle(child);
        using var packed = Packed(bundle);

        var compressed = await (await AuthorityAsync).SendAsync(HttpMethod.Post, "", packed, id);
        var plain = await (await AuthorityAsync).PostAsync("", bundle, id);

        compressed.Status.Should().Be(200, compressed.Text);
        plain.Bytes.Should().Equal(compressed.Bytes, "a repeat under the same id is answered as the first");
    }

    [Fact]
    public async Task A_compressed_look_up_is_a_look_up()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        using var packed = Packed(Encoding.UTF8.GetBytes(Speaker.Parameters(child.NhsNumber.Digits)));

        var answer = await (await exchange.AsAsync("hareford-ed")).SendAsync(
            HttpMethod.Post,
            "Patient/$child-protection",
            packed
        );

        answer.Status.Should().Be(200, answer.Text);
        answer.Entries("Flag").Should().ContainSingle();
    }

    [Fact]
    public async Task A_body_that_unpacks_to_more_than_the_limit_is_413_and_nothing_is_stored()
    {
        var child = exchange.NewChild();
        var text = Encoding.UTF8.GetString(Bundle(child));
        // Valid but for its size: white space packs a thousand times smaller.
        using var bomb = Packed(Encoding.UTF8.GetBytes(text + new string(' ', 6 * 1024 * 1024)));
        using var huge = Packed(new byte[64 * 1024 * 1024]);
        bomb.Headers.ContentLength.Should().BeLessThan(100_000);

        foreach (var body in new[] { bomb, huge })
        {
            var answer = await (await AuthorityAsync).SendAsync(HttpMethod.Post, "", body);
            answer.Status.Should().Be(413, answer.Text);
            answer.Issue.Diagnostics.Should().Contain("5242880");
        }

        var held = await (await AuthorityAsync).GetAsync(
            $"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}"
        );
        held.Total.Should().Be(0);
    }

    [Fact]
    public async Task A_bomb_in_a_look_up_is_413_and_on_record()
    {
        using var bomb = Packed(new byte[1024 * 1024]);

        var answer = await (await exchange.AsAsync("hareford-ed")).SendAsync(
            HttpMethod.Post,
            "Patient/$child-protection",
            bomb
        );

        answer.Status.Should().Be(413, answer.Text);
        (await exchange.OccurrenceOfAsync(answer)).Outcome.Should().Be(AccessOutcome.Refused);
    }

    [Fact]
    public async Task A_damaged_body_is_400_wherever_it_breaks()
    {
        var packed = Pack(Bundle(exchange.NewChild()));
        byte[][] damaged =
        [
            packed[..(packed.Length / 2)],
            packed[..^9],
            [.. "not gzip"u8],
            packed[..5],
            Flipped(packed),
        ];
        foreach (var broken in damaged)
        {
            using var body = Content(broken, "gzip");
            var answer = await (await AuthorityAsync).SendAsync(HttpMethod.Post, "", body);
            answer.Status.Should().Be(400, $"{broken.Length} of {packed.Length}: {answer.Text}");
            answer.Issue.Expression.Should().Be("http.Content-Encoding");
        }
    }

    [Fact]
    public async Task Half_a_search_is_never_taken_for_a_whole_one()
    {
        const string first = "identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018";
        var packed = Pack(Encoding.UTF8.GetBytes(first + "&_count=1&family=" + Guid.NewGuid()));

        for (var length = packed.Length - 9; length > 20; length -= 7)
        {
            using var body = Content(packed[..length], "gzip", "application/x-www-form-urlencoded");
            var answer = await (await AuthorityAsync).SendAsync(HttpMethod.Post, "Patient/_search", body);
            answer.Status.Should().Be(400, $"{length} of {packed.Length}: {answer.Text}");
            answer.Issue.Expression.Should().Be("http.Content-Encoding");
        }
    }

    [Theory]
    [InlineData("", "br")]
    [InlineData("", "deflate")]
    [InlineData("", "gzip, gzip")]
    [InlineData("Patient/$child-protection", "zstd")]
    public async Task Another_encoding_is_415_and_names_gzip(string path, string encoding)
    {
        using var body = Content(Bundle(exchange.NewChild()), encoding);
        var client = path.Length == 0 ? "authority-xhf01" : "hareford-ed";

        var answer = await (await exchange.AsAsync(client)).SendAsync(HttpMethod.Post, path, body);

        answer.Status.Should().Be(415, answer.Text);
        answer.Headers["Accept-Encoding"].Should().Be("gzip");
        answer.Issue.Expression.Should().Be("http.Content-Encoding");
        answer.Issue.Diagnostics.Should().Contain("gzip");
    }

    [Theory]
    [InlineData("/oauth2/token", "application/x-www-form-urlencoded")]
    [InlineData("/validate", "multipart/form-data; boundary=x")]
    public async Task Outside_the_FHIR_base_nothing_is_unpacked(string path, string type)
    {
        using var body = Content(Pack(new byte[1024]), "gzip", type);

        var answer = await exchange.Anonymous.SendAsync(HttpMethod.Post, path, body);

        answer.Status.Should().BeInRange(400, 415, answer.Text);
    }

    [Fact]
    public async Task A_large_answer_is_compressed_for_who_takes_it_and_says_so()
    {
        await exchange.UploadAsync("authority-xhf01", [.. Enumerable.Range(0, 5).Select(_ => exchange.NewChild())]);
        foreach (var format in new[] { "json", "xml" })
        {
            var path = $"EpisodeOfCare?_count=5&_format={format}";
            var plain = await (await AuthorityAsync).GetAsync(path);
            var packed = await (await AuthorityAsync).GetAsync(path, Gzip);

            plain.Headers.Should().NotContainKey("Content-Encoding");
            packed.Headers["Content-Encoding"].Should().Be("gzip");
            packed.Headers["Vary"].Should().Contain("Accept-Encoding").And.Contain("Accept");
            packed.Bytes.Length.Should().BeLessThan(plain.Bytes.Length / 2);
            Unpack(packed.Bytes).Length.Should().Be(plain.Bytes.Length);
        }

        (await (await AuthorityAsync).GetAsync("Patient?_count=0", Gzip))
            .Headers.Should()
            .NotContainKey("Content-Encoding", "it is small");
        (await exchange.Anonymous.GetAsync("/assets/nhsuk-frontend.css", Gzip))
            .Headers["Content-Encoding"]
            .Should()
            .Be("gzip");
    }

    [Fact]
    public async Task A_look_up_and_a_page_are_never_compressed()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var setting = await exchange.AsAsync("hareford-ed");

        var answer = await setting.GetAsync($"Patient/$child-protection?nhsNumber={child.NhsNumber.Digits}", Gzip);
        var page = await exchange.Anonymous.GetAsync("/profiles", Gzip);

        answer.Status.Should().Be(200);
        answer.Bytes.Length.Should().BeGreaterThan(1_400);
        answer.Headers.Should().NotContainKey("Content-Encoding");
        page.Headers.Should().NotContainKey("Content-Encoding");
    }

    [Fact]
    public async Task What_a_cache_holds_compressed_is_still_known_by_its_ETag()
    {
        var first = await exchange.Anonymous.GetAsync("StructureDefinition/CPIS-Flag", Gzip);
        var again = await exchange.Anonymous.GetAsync(
            "StructureDefinition/CPIS-Flag",
            Gzip,
            ("If-None-Match", first.Headers["ETag"])
        );

        first.Headers["Content-Encoding"].Should().Be("gzip");
        again.Status.Should().Be(304);
    }

    private byte[] Bundle(SyntheticChild child) =>
        SyntheticUpload
            .Bundle(
                OdsCode.Parse(RunningExchange.Client("authority-xhf01").Organisation),
                [child],
                exchange.Clock.GetUtcNow()
            )
            .ToArray();

    private static ByteArrayContent Packed(byte[] body) => Content(Pack(body), "gzip");

    private static ByteArrayContent Content(byte[] body, string encoding, string type = "application/fhir+json")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return content;
    }

    private static byte[] Pack(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(body);
        return packed.ToArray();
    }

    private static byte[] Flipped(byte[] packed)
    {
        byte[] other = [.. packed];
        other[^6] ^= 1; // of the checksum
        return other;
    }

    private static byte[] Unpack(byte[] body)
    {
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
