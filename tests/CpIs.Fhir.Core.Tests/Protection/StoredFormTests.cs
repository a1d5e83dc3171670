using CpIs.Fhir.Core.Protection;

namespace CpIs.Fhir.Core.Tests.Protection;

/// <summary>
/// The forms as they lie in stores, to the letter. When one of these fails, no sealed store of an earlier version finds
/// or opens anything any more: never change a form, add one and a migration. The values come from another program.
/// </summary>
public sealed class StoredFormTests : IDisposable
{
    // Sealed by another program (Python: hmac, hashlib, cryptography) after the text of SealedRecords and DataKeys.
    private const string Stored =
        "0107323032362d31316465666768696a6b6c6d6e6f70717273ac4220118f7bdc80342350aab9791c6b4b7986f617824d"
        + "70f1314e839ef331e3951bd3a78f48c8a7fce55903f3b0eddc32333435363738393a3b3c3d9ba2191104a6f376e916b0"
        + "3bacf79d548af7a02cf5e012e7beb730066d";

    private readonly SealedRecords _sealed = TestKeys.Sealed("2026-11");

    public void Dispose() => _sealed.Dispose();

    [Fact]
    public void Hashes_keep_their_form()
    {
        _sealed.Marker.Should().Be("sealed-1:rGbOZgiZ2KgFX0xp");
        _sealed.ChildKey(NhsNumber.Parse("9990000018")).Should().Be(3706481591979749370);
        _sealed.PersonKey("555000000001").Should().Be("N5Wzcvubs5tloZlx");
        _sealed.IdentityKey("XHF01|CPP-0001").Should().Be("Lv8o5v2YbRfK-usF");
        _sealed.Tokens(["identifier=urn:a|1"]).Should().Equal("0XgguWzeoY0WuU1A", "L3BMOa_2GHYmLLUV");
        _sealed
            .Tokens(["given=ed"])
            .Should()
            .Equal("JfsAZionoz47jIX-", "JtWixqfj2_HioFrt", "dtf41q9aZIGXheDi", "nclPJfEGpdvoBLpi");
        _sealed
            .Tokens(["birthdate=2019-04-23"])
            .Should()
            .Equal(
                "AUzvwmlCAYAXpCUz",
                "WE0Qyhtr64uiPAXc",
                "vPbrNtEsuAQi01Ab",
                "Os-6Q0ujn79Xl62v",
                "vslYptVs4zBPiVj2",
                "YJRUD5xnrkqgOIkK"
            );
    }

    [Fact]
    public void Values_keep_their_form()
    {
        var stored = Convert.FromHexString(Stored);

        _sealed.Open(stored, "occurrence/1").ToArray().Should().Equal("to the letter"u8.ToArray());
    }
}
