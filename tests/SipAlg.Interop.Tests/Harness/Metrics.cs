using System.Globalization;

namespace SipAlg.Interop.Tests.Harness;

/// <summary>One reading of <c>/metrics</c>.</summary>
internal sealed class Metrics
{
    private readonly List<(string Name, string Labels, double Value)> _samples = [];

    public string Text { get; }

    private Metrics(string text) => Text = text;

    public static Metrics Parse(string text)
    {
        var metrics = new Metrics(text);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            var space = line.LastIndexOf(' ');
            var brace = line.IndexOf('{');
            var name = brace < 0 ? line[..space] : line[..brace];
            metrics._samples.Add((name, brace < 0 ? "" : line[brace..space], double.Parse(line[(space + 1)..], CultureInfo.InvariantCulture)));
        }

        return metrics;
    }

    /// <summary>Over all labels that hold the text; fails for a metric that there is not.</summary>
    public double Sum(string name, string label = "")
    {
        Assert.True(_samples.Any(sample => sample.Name == name), $"no metric {name}");
        return _samples.Where(sample => sample.Name == name && sample.Labels.Contains(label, StringComparison.Ordinal)).Sum(sample => sample.Value);
    }
}
