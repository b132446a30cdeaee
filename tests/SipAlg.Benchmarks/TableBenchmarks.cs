using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using SipAlg.Calls.Dialplan;

namespace SipAlg.Benchmarks;

/// <summary>A table of numbers: the look-up of a call, and what a reload builds.</summary>
[MemoryDiagnoser]
public class TableBenchmarks
{
    private NumberTable _table = null!;
    private string _number = "";

    [Params(1000, 1_000_000)]
    public int Rows { get; set; }

    [Params(false, true)]
    public bool IsPrefix { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _table = Build();
        _number = Number(Rows / 3) + (IsPrefix ? "42" : "");
        Console.WriteLine($"// {Rows} rows take {_table.Octets} octets");
    }

    [Benchmark]
    public int Find() => _table.Find(_number);

    [Benchmark]
    public int Miss() => _table.Find("+1555123456789");

    [Benchmark]
    public NumberTable Build()
    {
        var builder = new NumberTableBuilder("dids", IsPrefix, ["number", "user"]);
        for (var row = 0; row < Rows; row++)
        {
            builder.TryBegin(Encoding.ASCII.GetBytes(Number(row)), out _);
            builder.Append("user0000"u8);
        }

        return builder.Build();
    }

    private static string Number(int row) => $"+4930{row.ToString("D8", CultureInfo.InvariantCulture)}";
}
