namespace SipAlg.Configuration.Shapes;

/// <summary>A text that nothing prints: it stands in options and problems, but only who asks for it sees it.</summary>
internal sealed class Secret(string text)
{
    public string Reveal() => text;

    public override string ToString() => "(hidden)";
}
