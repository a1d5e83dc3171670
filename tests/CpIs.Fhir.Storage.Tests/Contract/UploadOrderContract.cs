using System.Collections.Concurrent;
using System.Text;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Conformance.Writes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>
/// Promise 15 over a real store: no order, repetition or interleaving of the stamped uploads of one authority, one after the
/// other or at once, ends in another state than that of the newest; a withdrawal among them holds.
/// </summary>
public abstract class UploadOrderContract : StoreContract
{
    private const int Uploads = 14;
    private const string Worker = "Wyn Workersample";
    private static readonly Caller Authority = new(
        "herts",
        Make.Herts,
        "Herts",
        CallerKind.Authority,
        new Person("555252170102", null, "social-worker", "Social Worker", Worker),
        [Activities.Worker],
        SmartScopes.Of(CallerKind.Authority)
    );

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Whatever_the_order_the_newest_upload_of_each_plan_holds(int senders)
    {
        var rounds = Proof.Of(everyDay: 2, inFull: 8);
        for (var round = 1; round <= rounds; round++)
        {
            var random = new Random(senders * 1_000 + round);
            var uploads = Some(random, round);
            StampedUpload[] sent = [.. uploads, .. random.GetItems(uploads, Uploads / 2)];
            random.Shuffle(sent);

            await SendAsync(sent, senders);

            var what = $"{senders} senders, round {round}: {string.Join(", ", sent.Select(u => u.Number))}";
            foreach (var plan in uploads.GroupBy(u => u.PlanId))
                await CheckAsync([.. plan], what);
            foreach (var child in uploads.GroupBy(u => u.Child))
                await CheckPatientAsync([.. child], uploads, what);
        }
    }

    /// <summary>Uploads of three plans of two children: opened, changed, ended, opened again, moved, withdrawn.</summary>
    private static StampedUpload[] Some(Random random, int round)
    {
        NhsNumber[] children = [Make.Child(round * 2), Make.Child(round * 2 + 1)];
        return
        [
            .. Enumerable
                .Range(1, Uploads)
                .Select(number =>
                {
                    var plan = random.Next(3);
                    // A plan is now and then sent under the other child's number.
                    var child = children[(plan + (random.Next(6) == 0 ? 1 : 0)) % 2];
                    var status =
                        random.Next(12) == 0 ? PlanStatus.Withdrawn
                        : random.Next(2) == 0 ? PlanStatus.Finished
                        : PlanStatus.Active;
                    return new StampedUpload(number, $"P{round}-{plan}", child, status);
                }),
        ];
    }

    /// <summary>Each sender sends what comes next, and again while others are in its way.</summary>
    private async Task SendAsync(IEnumerable<StampedUpload> sent, int senders)
    {
        var queue = new ConcurrentQueue<StampedUpload>(sent);
        var upload = new TransactionUpload(
            Records,
            new IdempotentWrite(Records, Time),
            new Nobody(),
            new UploadOptions(),
            new Deaf(),
            new IdGenerator(Time),
            Time,
            new WriteCheck(ConformanceSet.CoreAndOurs(), []),
            new LoadedUploads(Records, new Nobody(), Time)
        );
        await RaceAsync(
            senders,
            async _ =>
            {
                while (queue.TryDequeue(out var next))
                    await SendAsync(upload, next);
                return true;
            }
        );
    }

    private static async Task SendAsync(TransactionUpload upload, StampedUpload next)
    {
        while (true)
        {
            var body = next.Body();
            var request = WriteRequest.Of("herts", Guid.NewGuid().ToString(), false, "POST", "", body);
            var result = await upload.ExecuteAsync(new Upload(Authority, request, null, body), Cancellation);
            if (result.Refusal is not { } refusal)
                return;
            refusal.Kind.Should().Be(RefusalKind.Conflict, refusal.Issues[0].Diagnostics);
            if (refusal.Issues[0].Rule == "cpis-plan-withdrawn")
                return;
        }
    }

    private async Task CheckAsync(StampedUpload[] plan, string what)
    {
        var newest = plan.Where(u => u.Status == PlanStatus.Withdrawn).DefaultIfEmpty(plan[^1]).Last();
        var identity = $"{Make.Herts}|{newest.PlanId}";

        var episode = (await Records.ReadByIdentityAsync(RecordType.EpisodeOfCare, [identity], Cancellation))[identity];
        var flag = (await Records.ReadByIdentityAsync(RecordType.Flag, [identity], Cancellation))[identity];
        foreach (var record in new[] { episode, flag })
        {
            record.Child.Should().Be(newest.Child, what);
            record.Plan!.EpisodeId.Should().Be(episode.Id, what);
            (record.Plan.Status, record.Plan.End).Should().Be((newest.Status, newest.End), what);
        }

        episode.Stamp.Should().Be(newest.Stamp, what);
        foreach (var child in plan.Select(u => u.Child).Distinct())
            (await Records.ReadChildAsync(child, Cancellation))
                .Where(r => r.Identity is null)
                .Should()
                .NotContain(r => r.Plan!.Status != PlanStatus.Withdrawn, what);
    }

    /// <summary>
    /// An upload that is refused because its plan was withdrawn (409) is refused whole, and with it its Patient. A Patient that is not held
    /// is not stored where a newer upload gave its plan to another child: it would be held for nothing.
    /// </summary>
    private async Task CheckPatientAsync(StampedUpload[] sent, StampedUpload[] all, string what)
    {
        var withdrawn = all.Where(u => u.Status == PlanStatus.Withdrawn).Select(u => u.PlanId).ToHashSet();
        if (sent.Any(u => withdrawn.Contains(u.PlanId)))
            return;
        var kept = sent.LastOrDefault(u =>
            !all.Any(other => other.PlanId == u.PlanId && other.Number > u.Number && other.Child != u.Child)
        );
        var patient = (await Records.ReadOwnAsync(Make.Herts, [sent[0].Child], Cancellation)).SingleOrDefault(r =>
            r.Type == RecordType.Patient
        );
        if (kept is null && patient is null)
            return;
        var told = sent.Single(u => patient!.Stamp == u.Stamp);
        told.Number.Should().BeGreaterThanOrEqualTo(kept?.Number ?? 0, what);
        Encoding.UTF8.GetString(patient!.Body.Span).Should().Contain($"\"Family{told.Letter}\"", what);
    }

    private sealed record StampedUpload(int Number, string PlanId, NhsNumber Child, PlanStatus Status)
    {
        /// <summary>Every fourth is sent by a person.</summary>
        private bool IsForm => Number % 4 == 0;

        public UploadStamp Stamp => new(Time, Form: IsForm ? Worker : null);

        private DateTimeOffset Time => Make.Noon.AddDays(-1).AddMinutes(Number);

        /// <summary>Every third says the same as others do, so that some confirm and do not change.</summary>
        public DateOnly? End =>
            Status == PlanStatus.Active && Number % 3 == 0
                ? null
                : new DateOnly(2026, Status == PlanStatus.Active ? 9 : 5, Number % 3 + 1);

        public char Letter => (char)('a' + Number % 4);

        public byte[] Body()
        {
            var status = Status switch
            {
                PlanStatus.Active => "active",
                PlanStatus.Finished => "finished",
                _ => "entered-in-error",
            };
            var tag = IsForm
                ? $$"""
                    "meta": { "tag": [{ "system": "{{FhirSystems.UploadOrigin}}", "code": "form" }] },
                    """
                : "";
            var end = End is { } day ? $",\"end\":\"{day:yyyy-MM-dd}\"" : "";
            return Encoding.UTF8.GetBytes(
                $$"""
                {
                  "resourceType": "Bundle", "type": "transaction", {{tag}} "timestamp": "{{Time:yyyy-MM-ddTHH:mm:ssZ}}",
                  "entry": [
                    {
                      "fullUrl": "urn:uuid:a1d4f7c2-1b5e-4c8f-9a3d-6e2b7c9d0f11",
                      "resource": {
                        "resourceType": "Patient",
                        "identifier": [{ "system": "{{FhirSystems.NhsNumber}}", "value": "{{Child.Digits}}" }],
                        "name": [{ "family": "Family{{Letter}}", "given": ["Robin"] }],
                        "birthDate": "2019-04-23"
                      },
                      "request": { "method": "PUT", "url": "Patient?identifier={{FhirSystems.NhsNumber}}|{{Child.Digits}}" }
                    },
                    {
                      "fullUrl": "urn:uuid:d4a7cae5-4eb8-4fbc-8d6a-9b5eafc03c44",
                      "resource": {
                        "resourceType": "EpisodeOfCare",
                        "identifier": [{ "system": "{{FhirSystems.PlanId(Make.Herts)}}", "value": "{{PlanId}}" }],
                        "status": "{{status}}",
                        "type": [{ "coding": [{ "system": "{{FhirSystems.Snomed}}", "code": "342191000000101" }] }],
                        "patient": {
                          "reference": "urn:uuid:a1d4f7c2-1b5e-4c8f-9a3d-6e2b7c9d0f11",
                          "identifier": { "system": "{{FhirSystems.NhsNumber}}", "value": "{{Child.Digits}}" }
                        },
                        "managingOrganization": {
                          "identifier": { "system": "{{FhirSystems.OdsOrganisation}}", "value": "{{Make.Herts}}" }
                        },
                        "period": { "start": "2026-01-05"{{end}} }
                      },
                      "request": { "method": "PUT", "url": "EpisodeOfCare?identifier={{FhirSystems.PlanId(
                    Make.Herts
                )}}|{{PlanId}}" }
                    }
                  ]
                }
                """
            );
        }
    }

    internal sealed class Nobody : IOrganisationDirectory
    {
        public OrganisationDirectory Current { get; } = new(1, [], []);
    }

    internal sealed class Deaf : IUploadAlarms
    {
        public void TimeAhead(OdsCode authority, string requestId, TimeSpan ahead) { }

        public void ManySuperseded(OdsCode authority, string requestId, int superseded, int entries) { }
    }
}
