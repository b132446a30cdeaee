using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Hosting;
using SipAlg.Testing;

namespace SipAlg.Tests.Hosting;

public sealed class IdleTrimTests
{
    private readonly ManualTime _time = new();
    private int _calls;
    private int _transactions;

    [Fact]
    public void It_trims_after_a_rush_and_once_more_when_the_transactions_are_over()
    {
        using var trim = Trim();
        Pass(trim, 5, calls: 500, transactions: 900);
        Pass(trim, 9, calls: 0, transactions: 900);
        Assert.Equal(0, trim.Trims);

        Pass(trim, 2, calls: 0, transactions: 900);
        Assert.Equal(1, trim.Trims);
        Pass(trim, 20, calls: 0, transactions: 900);
        Assert.Equal(1, trim.Trims);

        Pass(trim, 60, calls: 0, transactions: 0);
        Assert.Equal(2, trim.Trims);
    }

    [Fact]
    public void It_never_trims_while_a_call_is_up()
    {
        using var trim = Trim();
        Pass(trim, 5, calls: 500, transactions: 0);
        Pass(trim, 600, calls: 1, transactions: 0);

        Assert.Equal(0, trim.Trims);
    }

    [Fact]
    public void A_call_begins_the_wait_anew()
    {
        using var trim = Trim();
        Pass(trim, 5, calls: 500, transactions: 0);
        Pass(trim, 9, calls: 0, transactions: 0);
        Pass(trim, 1, calls: 1, transactions: 0);
        Pass(trim, 9, calls: 0, transactions: 0);

        Assert.Equal(0, trim.Trims);
    }

    [Fact]
    public void A_few_calls_are_not_worth_it()
    {
        using var trim = Trim();
        Pass(trim, 5, calls: 20, transactions: 0);
        Pass(trim, 600, calls: 0, transactions: 0);

        Assert.Equal(0, trim.Trims);
    }

    [Fact]
    public void A_rush_of_registrations_is_one_too()
    {
        using var trim = Trim();
        Pass(trim, 20, calls: 0, transactions: 20_000);
        Assert.Equal(0, trim.Trims);

        Pass(trim, 60, calls: 0, transactions: 0);
        Assert.Equal(1, trim.Trims);
    }

    private IdleTrim Trim() => new(() => _calls, () => _transactions, NullLogger.Instance, _time);

    private void Pass(IdleTrim trim, int seconds, int calls, int transactions)
    {
        (_calls, _transactions) = (calls, transactions);
        for (var second = 0; second < seconds; second++)
        {
            _time.MoveTo(_time.Now + 1000);
            trim.Look();
        }
    }
}
