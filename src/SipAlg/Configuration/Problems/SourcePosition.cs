namespace SipAlg.Configuration.Problems;

/// <summary>Where something stands. Lines and columns count from 1, columns in characters.</summary>
internal readonly record struct SourcePosition(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}
