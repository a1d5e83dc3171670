using System.Security.Cryptography;
using System.Text;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Conformance.Writes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>A file of everything over a real store: what it leaves out is reported and ended once, wherever servers vanish.</summary>
public abstract class FullFileContract : StoreContract
{
    private static readonly WriteCheck Check = new(ConformanceSet.CoreAndOurs(), []);

    private static readonly Caller Authority = new(
        "herts",
        Make.Herts,
        "Herts",
        CallerKind.Authority,
        null,
        [],
        SmartScopes.Of(CallerKind.Authority)
    );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_may_vanish_at_any_call_and_the_report_and_the_ending_are_whole(bool afterTheCall)
    {
        var wasOver = true;
        for (var at = 1; wasOver; at++)
        {
            var plans = Enumerable.Range(0, 3).Select(n => at * 10 + n).ToList();
            var sequence = at * 2;
            await SendAsync(sequence, DailyFileMode.Delta, [.. plans.Select(Record)]);
            await WorkAsync(null);
            var full = await SendAsync(sequence + 1, DailyFileMode.Full, [Record(plans[0])]);
            var life = new Life(at, afterTheCall);

            await WorkAsync(life);
            await WorkAsync(null);
            var file = (await Store.DailyFiles.ReadFileAsync(full.Id, Cancellation))!;
            (file.State, file.Reconciliation!.Missing).Should().Be((DailyFileState.Done, 2), $"it vanished at {at}");
            var asked = new MissingEnding
            {
                Asked = Make.Noon,
                ClientId = "herts",
                RequestId = "end",
            };
            (
                await new EndMissing(Store.DailyFiles, new DailyFilePulse(), Time).BeginAsync(
                    file.Id,
                    2,
                    asked,
                    Cancellation
                )
            )
                .Refusal.Should()
                .BeNull();
            await WorkAsync(life.IsOver ? life = new Life(at, afterTheCall) : life);
            await WorkAsync(null);

            wasOver = life.IsOver;
            file = (await Store.DailyFiles.ReadFileAsync(full.Id, Cancellation))!;
            file.Ending!.Ended.Should().NotBeNull();
            file.Ending.Counts.Should().Be(new DailyFileCounts { Loaded = 2 }, $"it vanished at {at}");
            (await Store.DailyFiles.ReadResultsAsync(file.ReportId, 0, 99, Cancellation)).Should().HaveCount(2);
            foreach (var plan in plans)
            {
                var held = await PlanAsync(plan);
                (held.Plan!.Status, held.Version)
                    .Should()
                    .Be(plan == plans[0] ? (PlanStatus.Active, 1) : (PlanStatus.Finished, 2), $"it vanished at {at}");
            }

            // The next round leaves nothing of this one open.
            await SendAsync(900 + sequence, DailyFileMode.Delta, [Record(plans[0], "finished")]);
            await WorkAsync(null);
        }
    }

    /// <summary>A server works until nothing waits, or it vanishes; what it had is free when its lease has ended.</summary>
    private async Task WorkAsync(Life? life)
    {
        T Of<T>(T port)
            where T : class => life is null ? port : Dying.Of(port, life);
        var records = Of(Records);
        var server = new DailyFileWork(
            Of(Store.DailyFiles),
            records,
            Of<IOccurrenceStore>(Occurrences),
            Upload(records),
            new ServerLeases(Store.Leases, new IdGenerator(Time), Time),
            new DailyFilePulse(),
            new LoadedUploads(records, new UploadOrderContract.Nobody(), Time),
            new UploadOrderContract.Deaf(),
            Time
        );
        try
        {
            while (await server.RunSliceAsync(Cancellation)) { }
        }
        catch (StoreUnavailableException) when (life is { IsOver: true })
        {
            Time.Advance(TimeSpan.FromSeconds(61));
        }
    }

    private TransactionUpload Upload(IRecordStore records) =>
        new(
            records,
            new IdempotentWrite(records, Time),
            new UploadOrderContract.Nobody(),
            new UploadOptions(),
            new UploadOrderContract.Deaf(),
            new IdGenerator(Time),
            Time,
            Check,
            new LoadedUploads(records, new UploadOrderContract.Nobody(), Time)
        );

    private async Task<DailyFile> SendAsync(int sequence, DailyFileMode mode, IReadOnlyList<string> lines)
    {
        var body = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        var intake = new DailyFileIntake(
            Store.DailyFiles,
            Occurrences,
            new UploadOrderContract.Nobody(),
            new UploadOrderContract.Deaf(),
            new DailyFilePulse(),
            new IdGenerator(Time),
            Time
        );
        var result = await intake.ReceiveAsync(
            new DailyFileSent(Authority, sequence, Time.GetUtcNow()) { Mode = mode, RequestId = "request" },
            NdjsonRecords.ReadAsync(new MemoryStream(body), Cancellation),
            () => Convert.ToBase64String(SHA256.HashData(body)),
            Cancellation
        );
        result.Refusal.Should().BeNull();
        Time.Advance(TimeSpan.FromSeconds(1));
        return result.Value;
    }

    private async Task<StoredResource> PlanAsync(int n) =>
        (await Records.ReadByIdentityAsync(RecordType.EpisodeOfCare, [$"{Make.Herts}|P-{n}"], Cancellation))[
            $"{Make.Herts}|P-{n}"
        ];

    private static string Record(int n) => Record(n, "active");

    private static string Record(int n, string status)
    {
        var number = Make.Child(n).Digits;
        var end = status == "finished" ? ",\"end\":\"2026-05-01\"" : "";
        return $$$$$"""{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:a1d4f7c2-1b5e-4c8f-9a3d-6e2b7c9d0f11","resource":{"resourceType":"Patient","identifier":[{"system":"{{{{{FhirSystems.NhsNumber}}}}}","value":"{{{{{number}}}}}"}],"name":[{"family":"Fernwood","given":["Robin"]}],"birthDate":"2019-04-23"}},{"resource":{"resourceType":"EpisodeOfCare","identifier":[{"system":"{{{{{FhirSystems.PlanId(Make.Herts)}}}}}","value":"P-{{{{{n}}}}}"}],"status":"{{{{{status}}}}}","type":[{"coding":[{"system":"{{{{{FhirSystems.Snomed}}}}}","code":"342191000000101"}]}],"patient":{"reference":"urn:uuid:a1d4f7c2-1b5e-4c8f-9a3d-6e2b7c9d0f11","identifier":{"system":"{{{{{FhirSystems.NhsNumber}}}}}","value":"{{{{{number}}}}}"}},"managingOrganization":{"identifier":{"system":"{{{{{FhirSystems.OdsOrganisation}}}}}","value":"{{{{{Make.Herts}}}}}"}},"period":{"start":"2026-01-05"{{{{{end}}}}}}}}]}""";
    }
}
