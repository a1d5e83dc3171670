namespace CpIs.Fhir.Core.Transfer;

/// <summary>How far a copy has come.</summary>
/// <param name="Phase">What it does now.</param>
/// <param name="Section">On which section; null in <see cref="TransferPhase.Finishing"/>.</param>
/// <param name="Done">Records read or written in this phase of this section, those of an earlier run included; steps while finishing.</param>
/// <param name="Total">Of how many.</param>
public sealed record TransferProgress(TransferPhase Phase, TransferSection? Section, long Done, long Total);

/// <summary>The phases of a copy, in order.</summary>
public enum TransferPhase
{
    /// <summary>Records are read and written.</summary>
    Copying,

    /// <summary>The target makes its indexes.</summary>
    Finishing,

    /// <summary>Both stores are read again and compared.</summary>
    Verifying,
}
