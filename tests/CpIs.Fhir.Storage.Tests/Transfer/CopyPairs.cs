using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Storage.Tests.Transfer;

public sealed class SqliteToSqlite : CopyContract
{
    protected override Task<CopyEnd> MakeSourceEndAsync() => Task.FromResult<CopyEnd>(new SqliteEnd());

    protected override Task<CopyEnd> MakeTargetEndAsync() => Task.FromResult<CopyEnd>(new SqliteEnd());
}

public sealed class SqliteToMongo : MongoCopyContract
{
    protected override Task<CopyEnd> MakeSourceEndAsync() => Task.FromResult<CopyEnd>(new SqliteEnd());

    protected override async Task<CopyEnd> MakeTargetEndAsync() => new MongoEnd(await MongoEngine.GetAsync());
}

public sealed class MongoToSqlite : MongoCopyContract
{
    protected override async Task<CopyEnd> MakeSourceEndAsync() => new MongoEnd(await MongoEngine.GetAsync());

    protected override Task<CopyEnd> MakeTargetEndAsync() => Task.FromResult<CopyEnd>(new SqliteEnd());
}

[Trait(Proof.Long, "true")]
public sealed class MongoToMongo : MongoCopyContract
{
    protected override async Task<CopyEnd> MakeSourceEndAsync() => new MongoEnd(await MongoEngine.GetAsync());

    protected override async Task<CopyEnd> MakeTargetEndAsync() => new MongoEnd(await MongoEngine.GetAsync());
}

/// <summary>Fewer rounds: a database of its own for each takes seconds to make.</summary>
public abstract class MongoCopyContract : CopyContract
{
    protected override int Histories => Proof.Of(everyDay: 1, inFull: 2);

    protected override int StepsAfter => Proof.Of(everyDay: 30, inFull: 60);

    protected override int BreakEvery => Proof.Of(everyDay: 14, inFull: 7);
}
