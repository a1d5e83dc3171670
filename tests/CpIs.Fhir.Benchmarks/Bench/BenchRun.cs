using CpIs.Fhir.Cli.Commands;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>Runs the phases in the order in which they disturb each other least: floors first, uploads last.</summary>
internal sealed class BenchRun(
    Run run,
    BenchOptions options,
    ExchangeClient setting,
    (ExchangeClient Exchange, ClientFile Client)? authority
)
{
    public const string ConstantPhase = "constant";
    public const string StorePhase = "store";
    public const string MongoPhase = "driver";

    /// <summary>Children that are sent first when no known ones were named.</summary>
    private const int OwnChildren = 500;

    /// <summary>Runs everything asked for, telling each result as it comes.</summary>
    public async Task RunAsync(IReadOnlyList<NhsNumber>? hits, Action<PhaseResult> done, CancellationToken cancellation)
    {
        var address = await setting.AddressAsync(cancellation);
        var (fhirBase, root) = (new Uri(address.FhirBase), new Uri(address.Root));
        var mix = new LookUpMix(hits ?? await SendOwnAsync(cancellation), options.HitRatio);

        run.Report.Note($"constant: the server answers constant bytes, {options.Connections} connections");
        done(await ConstantAsync(root, await setting.TokenAsync(cancellation), cancellation));
        done(await StoreFloorAsync(mix, cancellation));
        if (options.Notices)
        {
            run.Report.Note("notice: from look-up to notice");
            var token = await setting.TokenAsync(cancellation);
            done(
                await new NoticePhase(run, authority!.Value.Exchange, root, fhirBase, token).RunAsync(
                    mix.Hits,
                    cancellation
                )
            );
        }

        run.Report.Note($"lookup: {options.HitRatio:P0} hits, {options.Connections} connections");
        done(await LookUpAsync("lookup", fhirBase, mix, options.LookUps, cancellation));
        if (options.Reads)
        {
            run.Report.Note("read: an authority reads and searches its records");
            var (exchange, _) = authority!.Value;
            var token = await exchange.TokenAsync(cancellation);
            await new ReadPhase(exchange, root, fhirBase, token, options).RunAsync(done, cancellation);
        }

        if (!options.Uploads)
            return;
        run.Report.Note($"upload: {options.UploadConcurrency} Bundles at a time");
        done(await UploadAsync("upload", fhirBase, cancellation));
        run.Report.Note("lookup during upload");
        var upload = UploadAsync("upload during lookup", fhirBase, cancellation);
        done(await LookUpAsync("lookup during upload", fhirBase, mix, null, cancellation));
        done(await upload);
    }

    /// <summary>What the store that the server stands on can do without a server.</summary>
    private Task<PhaseResult> StoreFloorAsync(LookUpMix mix, CancellationToken cancellation)
    {
        if (options.MongoFloor is { } engine)
        {
            var floor = new MongoFloor(engine, options, run.Surroundings.Time);
            run.Report.Note($"driver: the MongoDB driver alone does what a look-up does, in database {floor.Database}");
            return floor.RunAsync(cancellation);
        }

        run.Report.Note($"store: bare durable writes in {Path.GetFullPath(options.FloorDirectory)}");
        return StoreFloor.RunAsync(options, mix, cancellation);
    }

    private Task<PhaseResult> ConstantAsync(Uri root, string token, CancellationToken cancellation)
    {
        var template = RequestTemplate.Get(root, "/bench/constant", token);
        return new ClosedLoop(options.Connections, options.WarmUp, options.Duration).RunAsync(
            ConstantPhase,
            "answers",
            _ =>
            {
                var own = template.Copy();
                var worker = new HttpWorker(root, () => own.Next(null), _ => (1, null));
                return (worker.StepAsync, worker);
            },
            cancellation
        );
    }

    private async Task<PhaseResult> LookUpAsync(
        string phase,
        Uri fhirBase,
        LookUpMix mix,
        long? most,
        CancellationToken cancellation
    )
    {
        var token = await setting.TokenAsync(cancellation);
        return await new LookUpPhase(fhirBase, token, mix, options).RunAsync(phase, most, cancellation);
    }

    private async Task<PhaseResult> UploadAsync(string phase, Uri fhirBase, CancellationToken cancellation)
    {
        var (exchange, client) = authority!.Value;
        var load = UploadLoad.Make(
            fhirBase,
            await exchange.TokenAsync(cancellation),
            UploadLoad.Fresh(OdsCode.Parse(client.Organisation), options.UploadChildren, Today())
        );
        return await new ClosedLoop(options.UploadConcurrency, TimeSpan.Zero, options.Duration).RunAsync(
            phase,
            "records",
            _ =>
            {
                var worker = load.Worker(fhirBase);
                return (worker.StepAsync, worker);
            },
            cancellation
        );
    }

    /// <summary>Sends children of the bench's own, so that there is somebody to find.</summary>
    private async Task<IReadOnlyList<NhsNumber>> SendOwnAsync(CancellationToken cancellation)
    {
        if (authority is not { } known)
            return [];
        var population = SyntheticPopulation.OfCounty(
            OdsCode.Parse(known.Client.Organisation),
            OwnChildren,
            Today(),
            seed: 999
        );
        run.Report.Note($"sending {OwnChildren} synthetic children to look up");
        foreach (var bundle in SyntheticUpload.Bundles(population))
        {
            var answer = await known.Exchange.SendAsync(
                new Ask(HttpMethod.Post, "") { Body = bundle, Repeatable = true },
                cancellation
            );
            if (!answer.IsSuccess)
                throw new CannotRunException(
                    $"the bench's own children were refused (HTTP {answer.Status}): {answer.Problems[0]}",
                    ExitCode.Of(answer.Status)
                );
        }

        return [.. PopulationCommand.Visible(population)];
    }

    private DateOnly Today() => LondonCalendar.DayOf(run.Surroundings.Time.GetUtcNow());
}
