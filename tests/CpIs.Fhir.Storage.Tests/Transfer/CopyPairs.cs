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

    protected override async Task<CopyEnd> MakeTargetEndAsync() => await MongoEnd.TakeAsync();
}

[Trait(Proof.Long, "true")]
public sealed class MongoToSqlite : MongoCopyContract
{
    protected override async Task<CopyEnd> MakeSourceEndAsync() => await MongoEnd.TakeAsync();

    protected override Task<CopyEnd> MakeTargetEndAsync() => Task.FromResult<CopyEnd>(new SqliteEnd());
}

/// <summary>Into databases that were not there before; the others copy into one that was emptied.</summary>
[Trait(Proof.Long, "true")]
public sealed class MongoToMongo : MongoCopyContract
{
    protected override async Task<CopyEnd> MakeSourceEndAsync() => await MongoEnd.TakeAsync();

    protected override async Task<CopyEnd> MakeTargetEndAsync() => await MongoEnd.NewAsync();
}

/// <summary>Fewer rounds: a database of its own for each takes seconds to make.</summary>
public abstract class MongoCopyContract : CopyContract
{
    protected override int Histories => Proof.Of(everyDay: 1, inFull: 2);

    protected override int StepsAfter => Proof.Of(everyDay: 30, inFull: 60);

    protected override int BreakEvery => Proof.Of(everyDay: 14, inFull: 7);
}
