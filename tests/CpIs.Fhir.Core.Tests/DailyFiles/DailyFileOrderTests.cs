using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Tests.Uploads;
using CpIs.Fhir.Tests.Shared;
using static CpIs.Fhir.Core.Tests.DailyFiles.DailyFileHarness;

namespace CpIs.Fhir.Core.Tests.DailyFiles;

/// <summary>
/// Promise 15: whatever the order, repetition and interleaving of ten files, transactions and forms, each plan ends as the newest says, and a
/// withdrawal among them holds.
/// </summary>
public sealed class DailyFileOrderTests
{
    private const int Children = 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_order_repetition_and_interleaving_of_ten_files_transactions_and_forms_ends_as_the_newest()
    {
        for (var seed = 1; seed <= Proof.Of(everyDay: 8, inFull: 150); seed++)
        {
            var random = new Random(seed);
            var sent = Enumerable.Range(1, 10).Select(n => Sending.Of(n, random)).ToList();
            var order = sent.Concat(sent.Where(_ => random.Next(3) == 0)).ToArray();
            random.Shuffle(order);
            await using var harness = await DailyFileHarness.OpenAsync();

            foreach (var sending in order)
            {
                await sending.SendAsync(harness);
                if (random.Next(2) == 0)
                    await WorkSideBySideAsync(harness);
            }

            await WorkSideBySideAsync(harness);

            for (var child = 0; child < Children; child++)
                (await PlanAsync(harness, child)).Should().Be(Newest(sent, child), $"seed {seed}, child {child}");
        }
    }

    private static Task WorkSideBySideAsync(DailyFileHarness harness) =>
        Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(harness.WorkAsync)));

    private static (PlanStatus?, DateOnly?) Newest(IEnumerable<Sending> sent, int child)
    {
        var all = sent.Where(sending => sending.Said.ContainsKey(child)).ToList();
        return all.Count == 0 ? (null, null)
            : all.Exists(sending => sending.Said[child].Status == PlanStatus.Withdrawn) ? (PlanStatus.Withdrawn, null)
            : all.OrderBy(sending => (sending.Made, sending.Stamped)).Last().Said[child];
    }

    private static async Task<(PlanStatus?, DateOnly?)> PlanAsync(DailyFileHarness harness, int child)
    {
        var identity = $"XHF01|CPP-{child}";
        var found = await harness.Uploads.Store.ReadByIdentityAsync(RecordType.EpisodeOfCare, [identity], Cancellation);
        var plan = found.GetValueOrDefault(identity)?.Plan;
        return (plan?.Status, plan?.Status == PlanStatus.Finished ? plan.End : null);
    }

    /// <summary>A file, a transaction or a form, and what it says of each child.</summary>
    private sealed record Sending(
        int Number,
        DateTimeOffset Made,
        bool IsFile,
        bool IsForm,
        IReadOnlyDictionary<int, (PlanStatus? Status, DateOnly? End)> Said
    )
    {
        /// <summary>A transaction has no number.</summary>
        public int Stamped => IsFile ? Number : 0;

        public static Sending Of(int number, Random random)
        {
            var isFile = random.Next(3) > 0;
            return new Sending(
                number,
                // Few times for the files, so that the number decides; one of its own for a transaction.
                isFile
                    ? UploadHarness.Noon.AddHours(-1 - random.Next(4))
                    : UploadHarness.Noon.AddHours(-1 - random.Next(4)).AddMinutes(number),
                isFile,
                !isFile && random.Next(2) == 0,
                Enumerable
                    .Range(0, Children)
                    .Where(_ => random.Next(2) == 0)
                    .ToDictionary(child => child, child => Say(child, random))
            );
        }

        public async Task SendAsync(DailyFileHarness harness)
        {
            if (IsFile)
                (
                    await harness.SendAsync(
                        Sent(Number, Made) with
                        {
                            Count = Said.Count,
                        },
                        [.. Said.Select(said => Child(said.Key, (_, plan) => Write(plan, said.Value)))]
                    )
                )
                    .Refusal.Should()
                    .BeNull();
            else
                // One Bundle for each child: refused is only what would open a withdrawn plan.
                foreach (var (child, said) in Said)
                {
                    JsonNode[] entries =
                    [
                        Sample.Patient(NumberOf(child)).With("resource.identifier.1.value", $"L-{child}"),
                        Write(Sample.Episode($"CPP-{child}", NumberOf(child)), said),
                    ];
                    var bundle = IsForm ? FormTests.Form(entries) : Sample.Bundle(entries);
                    var result = await harness.Uploads.SendAsync(bundle.At(Made), FormTests.Worker);
                    (result.Refusal?.Kind ?? RefusalKind.Conflict).Should().Be(RefusalKind.Conflict);
                }
        }

        private static (PlanStatus? Status, DateOnly? End) Say(int child, Random random) =>
            random.Next(child == 0 ? 4 : 40) == 0 ? (PlanStatus.Withdrawn, null)
            : random.Next(2) == 0 ? (PlanStatus.Active, null)
            : (PlanStatus.Finished, new DateOnly(2026, 11, 1).AddDays(random.Next(20)));

        private static JsonObject Write(JsonObject plan, (PlanStatus? Status, DateOnly? End) said) =>
            said.Status switch
            {
                PlanStatus.Finished => plan.With("resource.status", "finished")
                    .With("resource.period.end", said.End!.Value.ToString("O", null)),
                PlanStatus.Withdrawn => plan.With("resource.status", "entered-in-error"),
                _ => plan,
            };
    }
}
