using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

// The contract once more, of every port that keeps what could name somebody, on a store that is sealed.

public sealed class SealedMongoCommits : CommitContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

public sealed class SealedMongoSearches : SearchContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

public sealed class SealedMongoOccurrences : OccurrenceContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

public sealed class SealedMongoAttendances : AttendanceContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

public sealed class SealedMongoRegistrations : RegistrationContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

public sealed class SealedMongoNumbering : NumberingContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

public sealed class SealedMongoSending : SendingContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

public sealed class SealedMongoTopics : TopicContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

public sealed class SealedMongoRestores : RestoreContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

public sealed class SealedMongoRemovals : RemovalContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

public sealed class SealedMongoRetention : RetentionContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

public sealed class SealedMongoStamps : StampContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.TakeAsync(time);
}

internal static class SealedMongo
{
    private static readonly ProtectionKeys Keys = ProtectionKeys.Make("test");

    public static async Task<IStoreUnderTest> TakeAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time, options => options with { Protection = new SealedRecords(Keys) });
}
