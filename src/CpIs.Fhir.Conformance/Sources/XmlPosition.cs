namespace CpIs.Fhir.Conformance.Sources;

/// <summary>Line and column of an XML node in one number: 2,097,151 lines and 1,023 columns; what is beyond is reported as the last.</summary>
internal static class XmlPosition
{
    private const int ColumnBits = 10;
    private const int MaximumColumn = (1 << ColumnBits) - 1;
    private const int MaximumLine = (1 << (31 - ColumnBits)) - 1;

    public static int Pack(int line, int column) =>
        (Math.Min(line, MaximumLine) << ColumnBits) | Math.Min(column, MaximumColumn);

    public static (int Line, int Column) Unpack(int position) => (position >> ColumnBits, position & MaximumColumn);
}
