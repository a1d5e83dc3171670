using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Tests.Uploads;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.Tests.DailyFiles;

/// <summary>An authority that sends daily files into a real store on a fake clock.</summary>
public sealed class DailyFileHarness : IAsyncDisposable
{
    private DailyFileHarness(UploadHarness uploads) => Uploads = uploads;

    public UploadHarness Uploads { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public IDailyFileStore Files => Uploads.Store;

    public static async Task<DailyFileHarness> OpenAsync(UploadOptions? options = null) =>
        new(await UploadHarness.OpenAsync(options));

    public DailyFileIntake Intake(IDailyFileStore? files = null) =>
        new(
            files ?? Files,
            Uploads.Store,
            UploadHarness.Organisations,
            Uploads.Alarms,
            new DailyFilePulse(),
            new IdGenerator(Uploads.Clock),
            Uploads.Clock
        );

    /// <summary>A server that works on files.</summary>
    public DailyFileWork Server(IRecordStore? records = null) =>
        new(
            Files,
            records ?? Uploads.Store,
            Uploads.Store,
            Uploads.Upload(records),
            new ServerLeases(Uploads.Store, new IdGenerator(Uploads.Clock), Uploads.Clock),
            new DailyFilePulse(),
            new LoadedUploads(Uploads.Store, UploadHarness.Organisations, Uploads.Clock),
            Uploads.Alarms,
            Uploads.Clock
        );

    public DailyFileTrial Trial() =>
        new(Uploads.Store, Uploads.Upload(), Intake(), new IdGenerator(Uploads.Clock), Uploads.Clock);

    public static DailyFileSent Sent(long sequence, DateTimeOffset? made = null, Caller? caller = null) =>
        new(caller ?? UploadHarness.Hertfordshire, sequence, made ?? UploadHarness.Noon.AddHours(-1))
        {
            RequestId = "request",
        };

    public Task<Result<DailyFile>> SendAsync(DailyFileSent sent, params IReadOnlyList<string> lines) =>
        SendAsync(Intake(), sent, lines);

    public static Task<Result<DailyFile>> SendAsync(
        DailyFileIntake intake,
        DailyFileSent sent,
        params IReadOnlyList<string> lines
    )
    {
        var body = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        return intake.ReceiveAsync(
            sent,
            NdjsonRecords.ReadAsync(new MemoryStream(body), Cancellation),
            () => Convert.ToBase64String(SHA256.HashData(body)),
            Cancellation
        );
    }

    /// <summary>Sends a file and works until nothing waits.</summary>
    public async Task<DailyFile> StoreAsync(DailyFileSent sent, params IReadOnlyList<string> lines)
    {
        var result = await SendAsync(sent, lines);
        result.Refusal.Should().BeNull();
        await WorkAsync();
        return (await Files.ReadFileAsync(result.Value.Id, Cancellation))!;
    }

    public async Task WorkAsync()
    {
        var server = Server();
        while (await server.RunSliceAsync(Cancellation)) { }
    }

    public async Task<IReadOnlyList<RecordOutcome>> OutcomesAsync(DailyFile file) =>
        [
            .. (await Files.ReadResultsAsync(file.Id, 0, int.MaxValue, Cancellation)).Select(result =>
                DailyFileJson.ReadOutcome(result.Body.Span)
            ),
        ];

    /// <summary>The answer as its sender gets it.</summary>
    public async Task<string> AnswerAsync(DailyFile file) => Answer(file, await OutcomesAsync(file));

    public static string Answer(DailyFile file, IEnumerable<RecordOutcome> outcomes, bool isDryRun = false)
    {
        using var answer = new DailyFileAnswer(file, isDryRun);
        foreach (var outcome in outcomes)
            answer.Add(outcome);
        return Encoding.UTF8.GetString(answer.Finish());
    }

    /// <summary>A record: what a transaction of the child holds, without its requests.</summary>
    public static string Line(params JsonObject[] entries)
    {
        var bundle = Sample.Bundle(entries);
        bundle["type"] = "collection";
        foreach (var entry in entries)
            entry.Remove("request");
        return bundle.ToJsonString();
    }

    /// <summary>The record of the n-th child, with one plan.</summary>
    public static string Child(int n, Action<JsonObject, JsonObject>? change = null, string ods = "XHF01")
    {
        var number = NumberOf(n);
        var patient = Sample
            .Patient(number, ods)
            .With("resource.identifier.1.value", $"L-{n}")
            .With("resource.name.0.family", $"Fernwood{(char)('a' + n % 26)}");
        var plan = Sample.Episode($"CPP-{n}", number, ods);
        change?.Invoke(patient, plan);
        return Line(patient, plan);
    }

    public static string NumberOf(int n)
    {
        for (var body = 999_000_000L + n * 3L; ; body++)
        for (var check = 0; check < 10; check++)
            if (NhsNumber.TryParse($"{body * 10 + check:D10}", out var child))
                return child.Digits;
    }

    public ValueTask DisposeAsync() => Uploads.DisposeAsync();
}
