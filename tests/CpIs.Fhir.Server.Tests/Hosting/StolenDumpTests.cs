using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Server.Tests.Notifications;
using CpIs.Fhir.Synthetic;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>
/// Whoever steals the files, or documents, of a sealed store finds nothing in them that names a child or a person. Everything is written
/// over HTTP, the server is closed, and the raw bytes are searched. The same search over a readable store
/// finds each secret, so that this test can fail.
/// </summary>
public sealed class StolenDumpTests
{
    private const string Header = "Bearer dump-secret-of-a-receiver";
    private const string Endpoint = "http://127.0.0.1:9/dump-secret-of-an-endpoint";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stolen_dump_of_a_sealed_store_tells_nothing()
    {
        await using var exchange = new SealedExchange();
        await exchange.InitializeAsync();

        var secrets = await FillAsync(exchange);
        var files = await CloseAndReadAsync(exchange);

        secrets.Where(secret => IsIn(files, secret.Value)).Select(secret => secret.Key).Should().BeEmpty();
    }

    [Fact]
    public async Task The_same_search_finds_everything_in_a_readable_store()
    {
        await using var exchange = new RunningExchange();
        await exchange.InitializeAsync();

        var secrets = await FillAsync(exchange);
        var files = await CloseAndReadAsync(exchange);

        secrets.Where(secret => !IsIn(files, secret.Value)).Select(secret => secret.Key).Should().BeEmpty();
    }

    /// <summary>Lets authority, settings and operator do what they do, and gives what must not be readable, by its name.</summary>
    private static async Task<Dictionary<string, IReadOnlyList<byte[]>>> FillAsync(RunningExchange exchange)
    {
        var child = exchange.NewChild() with { Family = "Dumpfamily", Given = ["Dumpgiven", "Zofia"] };
        var missed = exchange.NewNumber();
        var request = Guid.NewGuid().ToString();
        var bundle = SyntheticUpload.Bundle(Core.OdsCode.Parse("XHF01"), [child]);
        var authority = await exchange.AsAsync("authority-xhf01");
        (await authority.PostAsync("", bundle, ("X-Request-ID", request))).Status.Should().Be(200);
        (await authority.PostAsync("", bundle, ("X-Request-ID", request))).Status.Should().Be(200);
        await exchange.UploadAsync("authority-xhf01", child with { Given = ["Dumpsecond"] });
        var nurse = RunningExchange.Client("hareford-ed").User!;
        var setting = await exchange.AsAsync("hareford-ed");
        foreach (var way in Enum.GetValues<Way>())
        {
            (await setting.AskAsync(way, child.NhsNumber.Digits)).Status.Should().Be(200);
            await setting.AskAsync(way, missed.Digits);
        }

        await setting.GetAsync($"Flag?dumpquery={child.NhsNumber.Digits}");
        (await authority.GetAsync("Patient?family=dumpfam&birthdate=ge1900"))
            .Entries("Patient")
            .Should()
            .ContainSingle();
        (await authority.GetAsync("Patient?family=dumpfan")).Entries("Patient").Should().BeEmpty();
        (await authority.AskAsync(Way.History, child.NhsNumber.Digits)).Status.Should().Be(200);
        var subscription = Engine
            .Json(Endpoint, "off", null, 1, "")
            .Replace(
                "\"payload\"",
                $"\"header\": [\"Authorization: {Header}\"], \"payload\"",
                StringComparison.Ordinal
            );
        (await authority.PostAsync("Subscription", subscription)).Status.Should().Be(201);
        await RegisterDeviceAsync(exchange);
        var keys = await exchange
            .Services.GetRequiredService<IKeyStore>()
            .ReadKeysAsync(KeyPurposes.Cursor, Cancellation);

        return new()
        {
            ["NHS number"] = FormsOf(child.NhsNumber),
            ["NHS number of a miss"] = FormsOf(missed),
            ["family name"] = FormsOf(child.Family),
            ["family name, as searched"] = FormsOf("dumpfamily"),
            ["given name"] = FormsOf(child.Given[0]),
            ["given name of the next version"] = FormsOf("Dumpsecond"),
            ["birth date"] = FormsOf($"{child.BirthDate:yyyy-MM-dd}"),
            ["local id"] = FormsOf(child.LocalId!),
            ["plan id"] = FormsOf(child.Plans[0].PlanId),
            ["start of the plan"] = FormsOf($"{child.Plans[0].Start:yyyy-MM-dd}"),
            ["staff id"] = FormsOf(nurse.SdsUserId),
            ["role profile"] = FormsOf(nurse.RoleProfileId!),
            ["name of staff"] = FormsOf(nurse.Name),
            ["query"] = FormsOf("dumpquery"),
            ["name of a query"] = FormsOf("nhsNumber="),
            ["endpoint"] = FormsOf(Endpoint),
            ["header of a receiver"] = FormsOf(Header),
            ["staff id of a device"] = FormsOf("555999888777"),
            ["signing key"] = [keys[0].Secret.ToArray()],
        };
    }

    private static async Task RegisterDeviceAsync(RunningExchange exchange)
    {
        var jwk = RunningExchange.Client("nhs-111-north").Jwk;
        var form = JsonSerializer.Serialize(
            new
            {
                organisation = "XNE04",
                kind = "setting",
                jwks = new
                {
                    keys = new[]
                    {
                        new[] { "kty", "kid", "use", "alg", "crv", "x", "y" }.ToDictionary(
                            name => name,
                            name => jwk.GetProperty(name).GetString()
                        ),
                    },
                },
                devicePerson = new
                {
                    sdsUserId = "555999888777",
                    roleCode = "R8003",
                    roleName = "Device",
                    name = "Dump Device",
                },
                deviceActivities = new[] { "B0107" },
            }
        );
        using var content = new StringContent(form, new MediaTypeHeaderValue("application/json"));
        var registered = await (await exchange.AsAsync("operator")).SendAsync(
            HttpMethod.Put,
            "/admin/clients/dump-device",
            content
        );
        registered.Status.Should().BeInRange(200, 201, registered.Text);
    }

    private static async Task<List<byte[]>> CloseAndReadAsync(RunningExchange exchange)
    {
        await exchange.CloseAsync();
        var files = await exchange.Store.ReadRawAsync(Cancellation);
        files.Sum(file => file.Length).Should().BeGreaterThan(50_000, "there is something to be found in");
        return files;
    }

    private static bool IsIn(List<byte[]> files, IReadOnlyList<byte[]> forms) =>
        forms.Any(form => files.Exists(file => file.AsSpan().IndexOf(form) >= 0));

    private static IReadOnlyList<byte[]> FormsOf(string text) =>
        [
            Encoding.UTF8.GetBytes(text),
            Encoding.Unicode.GetBytes(text),
            Encoding.BigEndianUnicode.GetBytes(text),
            Encoding.UTF8.GetBytes(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text))),
        ];

    /// <summary>As text, and as a number: in eight bytes either way round, in SQLite's six, and as its varint.</summary>
    private static IReadOnlyList<byte[]> FormsOf(Core.NhsNumber child)
    {
        var number = long.Parse(child.Digits, System.Globalization.CultureInfo.InvariantCulture);
        var (big, little) = (new byte[8], new byte[8]);
        BinaryPrimitives.WriteInt64BigEndian(big, number);
        BinaryPrimitives.WriteInt64LittleEndian(little, number);
        return [.. FormsOf(child.Digits), big, little, big[2..], Varint(number)];
    }

    /// <summary>Seven bits in a byte, highest first; all but the last have the eighth bit (sqlite.org/fileformat2.html).</summary>
    private static byte[] Varint(long number)
    {
        var bytes = new Stack<byte>([(byte)(number & 0x7F)]);
        while ((number >>= 7) > 0)
            bytes.Push((byte)(number & 0x7F | 0x80));
        return [.. bytes];
    }
}

/// <summary>A server whose store is sealed.</summary>
public sealed class SealedExchange : RunningExchange
{
    // Asked for once, when the folder of the server is there and the server is not.
    protected override object Settings =>
        new { Demo = new { Seed = false }, Protection = new { KeyFile = MakeKeyFile() } };

    private string MakeKeyFile()
    {
        var file = Path.Combine(Folder, "keys.json");
        using var keys = ProtectionKeys.Make("2026-11");
        new ProtectionKeyFile(file).Create(keys);
        return file;
    }
}
